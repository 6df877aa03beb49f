/** How far a job is: its phase among all of them, and the cells that are done. */

import type { TranslationBundle } from '@jupyterlab/translation';
import type { JSX } from 'react';
import type { IJob, Phase } from '../tokens';
import * as words from '../words';

/** What counts as which phase that is shown. */
const SHOWN: Partial<Record<Phase, Phase>> = { stage: 'environment', done: 'explain' };

export function Progress({ job, trans }: { job: IJob | null; trans: TranslationBundle }): JSX.Element {
  const share = job && job.total > 0 ? { value: job.done, max: job.total } : {};
  const text = job ? words.phase(trans, job) : trans.__('Saving the notebook …');
  const phases = words.phases(trans);
  const at = job?.phase ? (SHOWN[job.phase] ?? job.phase) : null;
  const now = phases.findIndex(([name]) => name === at);
  return (
    <div className="jp-Prov-progress" data-phase={job?.phase ?? ''} data-state={job?.state ?? 'saving'}>
      <ol className="jp-Prov-phases" aria-label={trans.__('Phases of the check')}>
        {phases.map(([name, word], index) => (
          <li
            key={name}
            data-phase={name}
            data-state={index < now ? 'done' : index === now ? 'now' : 'to-come'}
            aria-current={index === now ? 'step' : undefined}
          >
            {word}
          </li>
        ))}
      </ol>
      <progress aria-label={trans.__('Progress of the check')} {...share} />
      <p className="jp-Prov-phase">{text}</p>
    </div>
  );
}

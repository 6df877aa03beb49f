/** The jobs of the server other than the notebook's own check: what waits, what runs, what has ended. */

import type { TranslationBundle } from '@jupyterlab/translation';
import type { JSX } from 'react';
import { isUnderWay } from '../jobs';
import type { IJob, IJobs } from '../tokens';
import * as words from '../words';
import type { IActions } from './actions';
import { Fold, Go, Paged } from './fold';

interface IQueueProps {
  jobs: IJobs;
  /** The job that the header shows. */
  shown: IJob | null;
  actions: IActions;
  trans: TranslationBundle;
}

export function Queue({ jobs, shown, actions, trans }: IQueueProps): JSX.Element | null {
  const others = jobs.all.filter(
    job => job.id !== shown?.id && (isUnderWay(job) || job.path !== shown?.path)
  );
  if (others.length === 0) {
    return null;
  }
  const running = others.filter(isUnderWay).length;
  return (
    <Fold name="jobs" title={trans.__('Other checks')} note={running || ''} open={running > 0}>
      <Paged items={others} trans={trans} page={10}>
        {job => <Job key={job.id} job={job} actions={actions} trans={trans} />}
      </Paged>
    </Fold>
  );
}

function Job({
  job,
  actions,
  trans
}: {
  job: IJob;
  actions: IActions;
  trans: TranslationBundle;
}): JSX.Element {
  return (
    <li className="jp-Prov-job" data-job={job.id} data-state={job.state} data-kind={job.kind}>
      <Go go={() => actions.open(job.path)} className="jp-Prov-rowBody" title={trans.__('Open %1', job.path)}>
        <bdi className="jp-Prov-rowText">{job.path}</bdi>
        <span className="jp-Prov-rowDetail">{words.jobState(trans, job)}</span>
      </Go>
      {isUnderWay(job) && (
        <button
          type="button"
          className="jp-mod-styled jp-mod-minimal"
          aria-label={trans.__('Cancel %1', job.path)}
          onClick={() => actions.cancel(job)}
        >
          {trans.__('Cancel')}
        </button>
      )}
    </li>
  );
}

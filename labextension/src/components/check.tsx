/** The check: its button, its progress, its verdict. */

import type { TranslationBundle } from '@jupyterlab/translation';
import type { JSX } from 'react';
import type { IJob, IReport, IReproducibilityModel } from '../tokens';
import * as words from '../words';
import { Fold } from './fold';

interface ICheckProps {
  model: IReproducibilityModel;
  trans: TranslationBundle;
}

/** One button: it starts the check, or cancels the one that runs. */
export function CheckButton({ model, trans }: ICheckProps): JSX.Element {
  const { job, pending } = model.check;
  if (pending === 'start' || job?.state === 'running') {
    return (
      <button
        type="button"
        className="jp-Prov-check jp-mod-styled jp-mod-minimal"
        data-action="cancel"
        disabled={pending !== null}
        title={trans.__('Stop the check')}
        onClick={() => void model.cancelCheck()}
      >
        {trans.__('Cancel')}
      </button>
    );
  }
  const reason = words.whyNotCheck(trans, model);
  return (
    <button
      type="button"
      className="jp-Prov-check jp-mod-styled"
      data-action="check"
      disabled={reason !== null}
      title={
        reason ??
        trans.__(
          'Save the notebook, run it again in a clean environment with your rights, and compare its outputs'
        )
      }
      onClick={() => void model.startCheck()}
    >
      {trans.__('Check')}
    </button>
  );
}

/** How far the running check is, or what the last one found. */
export function CheckState({ model, trans }: ICheckProps): JSX.Element {
  const { job, problem, pending, outdated } = model.check;
  const isRunning = pending === 'start' || job?.state === 'running';
  return (
    <>
      {isRunning && <Progress job={pending === 'start' ? null : job} trans={trans} />}
      <div role="status">
        {problem && !model.problem && <p className="jp-Prov-problem">{words.problem(trans, problem)}</p>}
        {!isRunning && job && <Verdict job={job} trans={trans} />}
        {!isRunning && job && outdated && (
          <p className="jp-Prov-outdated">{trans.__('Cells have run since this check.')}</p>
        )}
        {!isRunning && !job && !problem && !model.problem && (
          <p className="jp-Prov-verdict" data-verdict="none">
            {trans.__('Not checked yet.')}
          </p>
        )}
      </div>
    </>
  );
}

function Progress({ job, trans }: { job: IJob | null; trans: TranslationBundle }): JSX.Element {
  const share = job && job.total > 0 ? { value: job.done, max: job.total } : {};
  const text = job ? words.phase(trans, job) : trans.__('Saving the notebook …');
  return (
    <div className="jp-Prov-progress" data-phase={job?.phase ?? ''}>
      <progress aria-label={trans.__('Progress of the check')} {...share} />
      <p className="jp-Prov-phase">{text}</p>
    </div>
  );
}

function Verdict({ job, trans }: { job: IJob; trans: TranslationBundle }): JSX.Element {
  const report = job.state === 'cancelled' ? null : job.report;
  const verdict = report?.verdict ?? (job.state === 'cancelled' ? 'cancelled' : 'failed');
  const symbols = { reproduced: '✓', 'not-reproduced': '≠', failed: '✗', cancelled: '' };
  return (
    <>
      <p className="jp-Prov-verdict" data-verdict={verdict}>
        <span className="jp-Prov-symbol" aria-hidden="true">
          {symbols[verdict]}
        </span>
        {words.verdict(trans, job)}
      </p>
      {report && (
        <p className="jp-Prov-summaryLine">
          {words.counts(trans, report)} · {words.runs(trans, report)}
        </p>
      )}
    </>
  );
}

/** What the check worked with: environment, inputs, and what it could not see. */
export function CheckDetails({ report, trans }: { report: IReport; trans: TranslationBundle }): JSX.Element {
  const { environment, inputs } = report;
  const list = (values: unknown[]): string => values.map(words.plain).join(', ');
  const moved = inputs.filter(input => input.status !== 'same');
  const lines = [
    {
      text: trans.__(
        'Python %1, %2 packages (%3)',
        environment.python,
        environment.packages,
        environment.source
      )
    },
    ...(environment.missing.length > 0
      ? [{ text: trans.__('Not installed: %1', list(environment.missing)), warning: true }]
      : []),
    ...(environment.changed.length > 0
      ? [{ text: trans.__('Other versions: %1', list(environment.changed)), warning: true }]
      : []),
    {
      text: trans._n(
        '%1 input, %2 unchanged',
        '%1 inputs, %2 unchanged',
        inputs.length,
        inputs.length - moved.length
      )
    },
    ...moved.map(input => ({ text: `${input.path}: ${input.status}`, warning: true })),
    ...report.blind_spots.map(spot => ({ text: words.plain(spot), warning: true }))
  ];
  return (
    <Fold name="check" title={trans.__('About the check')}>
      <ul className="jp-Prov-list">
        {lines.map((line, index) => (
          <li key={index} className="jp-Prov-row" data-level={'warning' in line ? 'warning' : 'info'}>
            <span className="jp-Prov-rowBody">
              {'warning' in line && <span className="jp-Prov-warning">⚠ </span>}
              <span className="jp-Prov-rowText">{line.text}</span>
            </span>
          </li>
        ))}
      </ul>
    </Fold>
  );
}

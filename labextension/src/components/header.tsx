/** The header: the notebook, its verdict, whether it is recorded, and the check. */

import type { TranslationBundle } from '@jupyterlab/translation';
import type { JSX } from 'react';
import { isUnderWay } from '../jobs';
import type { INotebookModel } from '../tokens';
import * as words from '../words';
import type { IActions } from './actions';
import { Progress } from './progress';
import { State } from './state';

interface IHeaderProps {
  model: INotebookModel;
  actions: IActions;
  trans: TranslationBundle;
}

export function Header({ model, actions, trans }: IHeaderProps): JSX.Element {
  const { notebook, problem, check, verdict } = model;
  const { job, pending } = check;
  const sign = words.standing(trans, verdict.state);
  const isRunning = pending === 'start' || (job !== null && isUnderWay(job));
  return (
    <header className="jp-Prov-header">
      <h2 className="jp-Prov-name" title={notebook.path}>
        <bdi>{notebook.name}</bdi>
      </h2>
      <CheckButton model={model} actions={actions} trans={trans} />
      <p
        className="jp-Prov-verdict"
        data-verdict={verdict.state}
        data-reasons={verdict.reasons}
        role="status"
      >
        <span className="jp-Prov-symbol" aria-hidden="true">
          {sign.symbol}
        </span>
        {sign.word}
        {verdict.reasons > 0 && (
          <>
            {' '}
            <span className="jp-Prov-reasons">· {words.reasons(trans, verdict.reasons)}</span>
          </>
        )}
      </p>
      {isRunning ? (
        <Progress job={pending === 'start' ? null : job} trans={trans} />
      ) : (
        <Outcome model={model} trans={trans} />
      )}
      {check.problem && !problem && (
        <p className="jp-Prov-problem" role="alert">
          {words.problem(trans, check.problem)}
        </p>
      )}
      <State model={model} actions={actions} trans={trans} />
    </header>
  );
}

/** One button: it starts the check, or cancels the one that is under way. */
function CheckButton({ model, actions, trans }: IHeaderProps): JSX.Element {
  const { job, pending } = model.check;
  if (pending === 'start' || (job && isUnderWay(job))) {
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
      onClick={actions.check}
    >
      {trans.__('Check')}
    </button>
  );
}

/** What the last check found, or why it found nothing. */
function Outcome({ model, trans }: Omit<IHeaderProps, 'actions'>): JSX.Element | null {
  const { job, report } = model.check;
  if (job === null) {
    return null;
  }
  return (
    <p className="jp-Prov-outcome" data-outcome={report?.verdict ?? job.state}>
      {report === null
        ? words.outcome(trans, job)
        : [words.counts(trans, report), words.runs(trans, report)].filter(Boolean).join(' · ')}
    </p>
  );
}

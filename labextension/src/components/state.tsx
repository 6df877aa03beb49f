/** Whether the notebook is recorded; where it is not, or in vain, what to do about it. */

import type { TranslationBundle } from '@jupyterlab/translation';
import type { JSX } from 'react';
import type { INotebookModel } from '../tokens';
import * as words from '../words';
import type { IActions } from './actions';

const ENABLE = 'jupyter server extension enable jupyter_prov';

interface IStateProps {
  model: INotebookModel;
  actions: IActions;
  trans: TranslationBundle;
}

export function State({ model, actions, trans }: IStateProps): JSX.Element {
  const { live, problem } = model;
  if (problem) {
    return (
      <div className="jp-Prov-state" data-state={problem.kind}>
        <p className="jp-Prov-problem">{words.problem(trans, problem)}</p>
        {problem.kind === 'missing' && <Command command={ENABLE} actions={actions} trans={trans} />}
      </div>
    );
  }
  if (!live) {
    return <p className="jp-Prov-recording">{trans.__('Asking the server …')}</p>;
  }
  const { state, message, command } = live.recording;
  return (
    <div className="jp-Prov-state" data-state={state}>
      <p
        className="jp-Prov-recording"
        data-state={state}
        title={live.session ? words.session(trans, live.session) : undefined}
      >
        {words.told(trans, message)}
      </p>
      {command && <Command command={command} actions={actions} trans={trans} />}
      {!live.writable && state !== 'no-record' && (
        <p className="jp-Prov-readonly">
          {trans.__(
            'The record cannot be saved: this folder is read-only. Save the notebook in another folder to keep its record.'
          )}
        </p>
      )}
      {!words.isRecorded(live) && <Nothing state={state} actions={actions} trans={trans} />}
    </div>
  );
}

/** Nothing is known of how the outputs came to be. */
function Nothing({
  state,
  actions,
  trans
}: Omit<IStateProps, 'model'> & { state: string }): JSX.Element | null {
  if (state !== 'recording' && state !== 'no-kernel') {
    return null;
  }
  return (
    <div className="jp-Prov-nothing">
      <p>
        {trans.__('Nothing is recorded of this notebook yet. What its cells depend on is noted as they run.')}
      </p>
      <button type="button" className="jp-mod-styled jp-mod-minimal" onClick={actions.runAll}>
        {trans.__('Run all cells')}
      </button>
    </div>
  );
}

/** A command for a terminal, to be copied. */
function Command({
  command,
  actions,
  trans
}: {
  command: string;
  actions: IActions;
  trans: TranslationBundle;
}): JSX.Element {
  return (
    <p className="jp-Prov-command">
      <code>{command}</code>
      <button type="button" className="jp-mod-styled jp-mod-minimal" onClick={() => actions.copy(command)}>
        {trans.__('Copy')}
      </button>
    </p>
  );
}

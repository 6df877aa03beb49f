/** The verdict of the current notebook in the status bar. */

import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget, UseSignal } from '@jupyterlab/ui-components';
import type { JSX } from 'react';
import { isUnderWay } from './jobs';
import type { INotebookModel, IReproducibilityModel } from './tokens';
import * as words from './words';

export class StatusItem extends ReactWidget {
  constructor(
    private readonly _model: IReproducibilityModel,
    private readonly _trans: TranslationBundle,
    private readonly _open: () => void
  ) {
    super();
    this.addClass('jp-Prov-status');
    this.addClass('jp-mod-highlighted');
  }

  protected override render(): JSX.Element {
    return (
      <UseSignal signal={this._model.currentChanged}>
        {() => {
          const { current } = this._model;
          return (
            current && (
              <UseSignal key={current.notebook.path} signal={current.changed}>
                {() => <Standing model={current} trans={this._trans} open={this._open} />}
              </UseSignal>
            )
          );
        }}
      </UseSignal>
    );
  }
}

interface IStandingProps {
  model: INotebookModel;
  trans: TranslationBundle;
  open: () => void;
}

function Standing({ model, trans, open }: IStandingProps): JSX.Element | null {
  const { verdict, problem, check } = model;
  if (problem) {
    return null;
  }
  const sign = words.standing(trans, verdict.state);
  const running = check.job && isUnderWay(check.job) ? words.phase(trans, check.job) : null;
  return (
    <button
      type="button"
      data-verdict={verdict.state}
      title={trans.__('Show the reproducibility panel')}
      onClick={open}
    >
      <span className="jp-Prov-symbol" aria-hidden="true">
        {sign.symbol}
      </span>
      {running ??
        [sign.word, ...(verdict.reasons > 0 ? [words.reasons(trans, verdict.reasons)] : [])].join(' · ')}
    </button>
  );
}

/** The panel: what the model knows, from top to bottom. */

import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget, UseSignal } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import type { JSX } from 'react';
import { Cells } from './components/cells';
import { CheckButton, CheckDetails, CheckState } from './components/check';
import { Executions } from './components/executions';
import { placesIn } from './components/places';
import { Section } from './components/section';
import { provIcon } from './icon';
import type { ReproducibilityModel } from './model';
import type { IFollowedNotebook, IReproducibilityModel } from './tokens';
import * as words from './words';

export const PANEL_ID = 'jupyter-prov-panel';

/** Shows the model, and keeps it active only while it is seen. */
export class ReproducibilityPanel extends ReactWidget {
  constructor(
    private readonly _model: ReproducibilityModel,
    private readonly _trans: TranslationBundle
  ) {
    super();
    this.id = PANEL_ID;
    this.addClass('jp-Prov-panel');
    this.title.icon = provIcon;
    this.title.caption = _trans.__('Reproducibility');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', _trans.__('Reproducibility'));
    this.node.tabIndex = -1;
  }

  protected override render(): JSX.Element {
    return (
      <UseSignal signal={this._model.changed}>
        {() => <Content model={this._model} trans={this._trans} />}
      </UseSignal>
    );
  }

  protected override onActivateRequest(message: Message): void {
    super.onActivateRequest(message);
    this.node.focus();
  }

  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    this._model.active = true;
  }

  protected override onAfterHide(message: Message): void {
    super.onAfterHide(message);
    this._model.active = false;
  }
}

interface IContentProps {
  model: IReproducibilityModel;
  trans: TranslationBundle;
}

function Content({ model, trans }: IContentProps): JSX.Element {
  const { notebook } = model;
  return (
    <>
      <div className="jp-stack-panel-header">{trans.__('Reproducibility')}</div>
      {notebook ? (
        <Notebook key={notebook.path} model={model} notebook={notebook} trans={trans} />
      ) : (
        <p className="jp-Prov-problem">{trans.__('Open a notebook to see how its outputs came to be.')}</p>
      )}
    </>
  );
}

function Notebook({ model, notebook, trans }: IContentProps & { notebook: IFollowedNotebook }): JSX.Element {
  const { live, problem, check } = model;
  const places = placesIn(notebook);
  const report = check.job?.state === 'finished' ? check.job.report : null;
  return (
    <>
      <header className="jp-Prov-header">
        <h2 className="jp-Prov-name" title={notebook.path}>
          {notebook.name}
        </h2>
        <CheckButton model={model} trans={trans} />
        {problem ? (
          <p className="jp-Prov-problem">{words.problem(trans, problem)}</p>
        ) : (
          <p
            className="jp-Prov-recording"
            data-state={live?.recording.state ?? 'loading'}
            title={live?.session ? words.session(trans, live.session) : undefined}
          >
            {live?.recording.message ?? trans.__('Asking the server …')}
          </p>
        )}
        {problem?.kind !== 'missing' && <CheckState model={model} trans={trans} />}
      </header>
      {report && <Cells report={report} places={places} trans={trans} />}
      {report && <CheckDetails report={report} trans={trans} />}
      {live && <Executions executions={live.executions} places={places} trans={trans} />}
      {live?.sections.map(section => (
        <Section key={section.name} section={section} places={places} trans={trans} />
      ))}
    </>
  );
}

/** The panel: what the model knows, from top to bottom. */

import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget, UseSignal } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import type { JSX } from 'react';
import { About, PackageDifferences } from './components/about';
import type { IActions } from './components/actions';
import { Cells } from './components/cells';
import { Header } from './components/header';
import { Order } from './components/order';
import { placesIn } from './components/places';
import { Queue } from './components/queue';
import { Reasons } from './components/reasons';
import { Section } from './components/section';
import { provIcon } from './icon';
import type { INotebookModel, IReproducibilityModel } from './tokens';

export const PANEL_ID = 'jupyter-prov-panel';

/** Shows what the model knows of the current notebook; while it is hidden, it draws nothing. */
export class ReproducibilityPanel extends ReactWidget {
  constructor(
    private readonly _model: IReproducibilityModel,
    private readonly _actions: IActions,
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
      <>
        <div className="jp-stack-panel-header">{this._trans.__('Reproducibility')}</div>
        {this.isVisible && (
          <UseSignal signal={this._model.currentChanged}>
            {() => <Current model={this._model} actions={this._actions} trans={this._trans} />}
          </UseSignal>
        )}
      </>
    );
  }

  protected override onActivateRequest(message: Message): void {
    super.onActivateRequest(message);
    this.node.focus();
  }

  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    this.update();
  }

  protected override onAfterHide(message: Message): void {
    super.onAfterHide(message);
    this.update();
  }
}

interface ICurrentProps {
  model: IReproducibilityModel;
  actions: IActions;
  trans: TranslationBundle;
}

function Current({ model, actions, trans }: ICurrentProps): JSX.Element {
  const { current, jobs } = model;
  if (!current) {
    return (
      <>
        <p className="jp-Prov-problem">{trans.__('Open a notebook to see how its outputs came to be.')}</p>
        <UseSignal signal={jobs.changed}>
          {() => <Queue jobs={jobs} shown={null} actions={actions} trans={trans} />}
        </UseSignal>
      </>
    );
  }
  return (
    <UseSignal key={current.notebook.path} signal={current.changed}>
      {() => (
        <UseSignal signal={jobs.changed}>
          {() => <Notebook model={model} current={current} actions={actions} trans={trans} />}
        </UseSignal>
      )}
    </UseSignal>
  );
}

function Notebook({
  model,
  current,
  actions,
  trans
}: ICurrentProps & { current: INotebookModel }): JSX.Element {
  const { live, check } = current;
  const { report, outdated } = check;
  const places = placesIn(current.notebook);
  const all = { places, actions, trans };
  return (
    <>
      <Header model={current} actions={actions} trans={trans} />
      <Reasons model={current} {...all} />
      {report && <Cells report={report} outdated={outdated} {...all} />}
      {live && <Order live={live} {...all} />}
      {live?.sections
        .filter(({ name }) => name !== 'order')
        .map(section => (
          <Section key={section.name} section={section} {...all}>
            {section.name === 'packages' && report && <PackageDifferences report={report} trans={trans} />}
          </Section>
        ))}
      {report && <About report={report} trans={trans} />}
      <Queue jobs={model.jobs} shown={check.job} actions={actions} trans={trans} />
    </>
  );
}

/** The plugins: the models of the open notebooks, the panel with the commands, the marks, the status item. */

import { ILayoutRestorer } from '@jupyterlab/application';
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, ISessionContextDialogs, SessionContextDialogs } from '@jupyterlab/apputils';
import { INotebookTracker } from '@jupyterlab/notebook';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ProvClient } from './api';
import { actionsOf, addCommands, CommandIDs } from './commands';
import { ReproducibilityModel } from './tracker';
import { ServerEvents } from './events';
import { Jobs } from './jobs';
import { CellMarks } from './marks';
import { NotebookModel } from './notebookModel';
import { FollowedNotebook } from './notebook';
import { PANEL_ID, ReproducibilityPanel } from './panel';
import { Results } from './resultActions';
import { StatusItem } from './status';
import { IReproducibilityModel } from './tokens';

export { IReproducibilityModel } from './tokens';

function load(translator: ITranslator | null): TranslationBundle {
  return (translator ?? nullTranslator).load('jupyter-prov');
}

const modelPlugin: JupyterFrontEndPlugin<IReproducibilityModel> = {
  id: 'jupyter-prov:model',
  description: 'Knows what the open notebooks depended on, and whether they reproduce.',
  autoStart: true,
  requires: [INotebookTracker],
  optional: [ISessionContextDialogs],
  provides: IReproducibilityModel,
  activate: (
    app: JupyterFrontEnd,
    tracker: INotebookTracker,
    dialogs: ISessionContextDialogs | null
  ): IReproducibilityModel => {
    const client = new ProvClient(app.serviceManager.serverSettings);
    const events = new ServerEvents(app.serviceManager.events.stream);
    const jobs = new Jobs(client, events.job);
    const activate = (id: string): void => app.shell.activateById(id);
    const asking = dialogs ?? new SessionContextDialogs();
    const model = new ReproducibilityModel(jobs, panel => {
      panel.disposed.connect(() => model.forget(panel));
      const notebook = new FollowedNotebook(panel, app.serviceManager.contents, activate, session =>
        asking.restart(session)
      );
      return new NotebookModel(client, jobs, events.notebook, notebook);
    });
    tracker.widgetAdded.connect((_, panel) => void model.of(panel));
    tracker.currentChanged.connect((_, panel) => model.follow(panel));
    model.follow(tracker.currentWidget);
    return model;
  }
};

const panelPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-prov:panel',
  description: 'Shows what a notebook depended on, and whether it reproduces.',
  autoStart: true,
  requires: [INotebookTracker, IReproducibilityModel],
  optional: [ICommandPalette, ILayoutRestorer, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    tracker: INotebookTracker,
    model: IReproducibilityModel,
    palette: ICommandPalette | null,
    restorer: ILayoutRestorer | null,
    translator: ITranslator | null
  ): void => {
    const { commands, shell } = app;
    const trans = load(translator);
    const panel = new ReproducibilityPanel(model, actionsOf(commands, model), trans);
    shell.add(panel, 'right', { rank: 900, type: 'Reproducibility' });
    restorer?.add(panel, PANEL_ID);
    const results = new Results(
      app,
      tracker,
      new ProvClient(app.serviceManager.serverSettings),
      model,
      trans
    );
    const listed = addCommands({
      commands,
      model,
      trans,
      showPanel: () => shell.activateById(PANEL_ID),
      results
    });
    listed.forEach(command => palette?.addItem({ command, category: trans.__('Reproducibility') }));
    followState(model, () => listed.forEach(command => commands.notifyCommandChanged(command)));
  }
};

/** Call back whenever what is known of the current notebook changes. */
function followState(model: IReproducibilityModel, changed: () => void): void {
  let followed = model.current;
  const follow = (): void => {
    followed?.changed.disconnect(changed);
    followed = model.current;
    followed?.changed.connect(changed);
    changed();
  };
  model.currentChanged.connect(follow);
  follow();
}

const marksPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-prov:marks',
  description: 'Marks the cells of a notebook that would keep it from reproducing.',
  autoStart: true,
  requires: [INotebookTracker, IReproducibilityModel, ISettingRegistry],
  optional: [ICommandPalette, ITranslator],
  activate: async (
    app: JupyterFrontEnd,
    tracker: INotebookTracker,
    model: IReproducibilityModel,
    registry: ISettingRegistry,
    palette: ICommandPalette | null,
    translator: ITranslator | null
  ): Promise<void> => {
    const trans = load(translator);
    const settings = await registry.load(marksPlugin.id);
    const isShown = (): boolean => settings.get('show').composite !== false;
    const open = (): void => void app.commands.execute(CommandIDs.open);
    const marked = new Map<NotebookPanel, CellMarks>();
    const draw = (panel: NotebookPanel): void => {
      marked.get(panel)?.dispose();
      marked.delete(panel);
      if (isShown() && !panel.isDisposed) {
        marked.set(panel, new CellMarks(panel, model.of(panel), trans, open));
      }
    };
    const follow = (panel: NotebookPanel): void => {
      draw(panel);
      panel.disposed.connect(() => marked.delete(panel));
    };
    app.commands.addCommand(CommandIDs.toggleMarks, {
      label: trans.__('Show Reproducibility Marks at Cells'),
      isToggled: isShown,
      execute: () => settings.set('show', !isShown()),
      describedBy: { args: { type: 'object', properties: {} } }
    });
    palette?.addItem({ command: CommandIDs.toggleMarks, category: trans.__('Reproducibility') });
    settings.changed.connect(() => {
      tracker.forEach(draw);
      app.commands.notifyCommandChanged(CommandIDs.toggleMarks);
    });
    tracker.widgetAdded.connect((_, panel) => follow(panel));
    tracker.forEach(follow);
  }
};

const statusPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-prov:status',
  description: 'Shows in the status bar whether the notebook would reproduce.',
  autoStart: true,
  requires: [IReproducibilityModel],
  // Jupyter Notebook has no status bar.
  optional: [IStatusBar, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    model: IReproducibilityModel,
    statusBar: IStatusBar | null,
    translator: ITranslator | null
  ): void => {
    if (!statusBar) {
      return;
    }
    const open = (): void => void app.commands.execute(CommandIDs.open);
    const item = new StatusItem(model, load(translator), open);
    statusBar.registerStatusItem(statusPlugin.id, { item, align: 'right', rank: 20 });
  }
};

export default [modelPlugin, panelPlugin, marksPlugin, statusPlugin];

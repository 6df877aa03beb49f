/** The plugin: the panel at the right, and its two commands. */

import { ILayoutRestorer } from '@jupyterlab/application';
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ProvClient } from './api';
import { provIcon } from './icon';
import { ReproducibilityModel } from './model';
import { FollowedNotebook } from './notebook';
import { PANEL_ID, ReproducibilityPanel } from './panel';
import { IReproducibilityModel } from './tokens';

export { IReproducibilityModel } from './tokens';

const CommandIDs = { open: 'jupyter-prov:open', check: 'jupyter-prov:check' } as const;

const plugin: JupyterFrontEndPlugin<IReproducibilityModel> = {
  id: 'jupyter-prov:panel',
  description: 'Shows what a notebook depended on, and whether it reproduces.',
  autoStart: true,
  requires: [INotebookTracker],
  optional: [ICommandPalette, ILayoutRestorer, ITranslator],
  provides: IReproducibilityModel,
  activate: (
    app: JupyterFrontEnd,
    tracker: INotebookTracker,
    palette: ICommandPalette | null,
    restorer: ILayoutRestorer | null,
    translator: ITranslator | null
  ): IReproducibilityModel => {
    const trans = (translator ?? nullTranslator).load('jupyter-prov');
    const model = new ReproducibilityModel(new ProvClient(app.serviceManager.serverSettings));
    const panel = new ReproducibilityPanel(model, trans);
    app.shell.add(panel, 'right', { rank: 900, type: 'Reproducibility' });
    restorer?.add(panel, PANEL_ID);
    addCommands(app, tracker, model, trans);
    followCurrent(app, tracker, model);
    for (const command of Object.values(CommandIDs)) {
      palette?.addItem({ command, category: trans.__('Reproducibility') });
    }
    return model;
  }
};

/** Let the model follow whichever notebook is the current one. */
function followCurrent(app: JupyterFrontEnd, tracker: INotebookTracker, model: ReproducibilityModel): void {
  const follow = (): void => {
    const current = tracker.currentWidget;
    const activate = (id: string): void => app.shell.activateById(id);
    model.follow(current && new FollowedNotebook(current, app.serviceManager.contents, activate));
    app.commands.notifyCommandChanged(CommandIDs.check);
  };
  tracker.currentChanged.connect(follow);
  follow();
}

function addCommands(
  app: JupyterFrontEnd,
  tracker: INotebookTracker,
  model: ReproducibilityModel,
  trans: TranslationBundle
): void {
  app.commands.addCommand(CommandIDs.open, {
    label: trans.__('Show Reproducibility Panel'),
    icon: provIcon,
    execute: () => app.shell.activateById(PANEL_ID)
  });
  app.commands.addCommand(CommandIDs.check, {
    label: trans.__('Check that this notebook reproduces'),
    isEnabled: () => tracker.currentWidget !== null,
    execute: async () => {
      app.shell.activateById(PANEL_ID);
      await model.startCheck();
    }
  });
}

export default plugin;

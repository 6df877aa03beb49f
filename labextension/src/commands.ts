/** The commands, by which menu, palette, toolbar, keys and panel all do the same. */

import { Clipboard, Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import type { IActions } from './components/actions';
import { provIcon } from './icon';
import { asProblem } from './problem';
import type { IJob, INotebookModel, IReproducibilityModel } from './tokens';
import * as words from './words';

export const CommandIDs = {
  open: 'jupyter-prov:open',
  check: 'jupyter-prov:check',
  checkOpen: 'jupyter-prov:check-open',
  cancel: 'jupyter-prov:cancel',
  compare: 'jupyter-prov:compare',
  fix: 'jupyter-prov:fix',
  accept: 'jupyter-prov:accept',
  toggleMarks: 'jupyter-prov:toggle-marks'
} as const;

/** What the commands need beside the model. */
export interface ICommandContext {
  commands: CommandRegistry;
  model: IReproducibilityModel;
  trans: TranslationBundle;
  showPanel: () => void;
  results: IResults;
}

/** What can be done with what a check found. */
export interface IResults {
  /** Show recorded and re-run outputs side by side, of the cell with this index first. */
  compare: (model: INotebookModel, index: number | null) => void;
  /** Look for a fix, show it, and put it into the notebook if that is wanted. */
  fix: (model: INotebookModel) => Promise<void>;
  /** Make what the re-run showed the recorded outputs of these cells; throws a Problem. */
  accept: (model: INotebookModel, job: IJob, indices: readonly number[]) => Promise<void>;
}

/** Add them; gives the ids of those that a person can call without arguments. */
export function addCommands(context: ICommandContext): string[] {
  const { commands, model, trans, showPanel } = context;
  const add = (id: string, options: CommandRegistry.ICommandOptions): void => {
    commands.addCommand(id, { describedBy: { args: { type: 'object', properties: {} } }, ...options });
  };
  const whyNot = (): string | null => words.whyNotCheck(trans, model.current);
  add(CommandIDs.open, {
    label: trans.__('Show Reproducibility Panel'),
    icon: provIcon,
    execute: showPanel
  });
  add(CommandIDs.check, {
    label: trans.__('Check That This Notebook Reproduces'),
    caption: () => whyNot() ?? trans.__('Check that this notebook reproduces'),
    icon: provIcon,
    isEnabled: () => whyNot() === null,
    execute: async () => {
      showPanel();
      await model.current?.startCheck();
    }
  });
  add(CommandIDs.checkOpen, {
    label: trans.__('Check All Open Notebooks'),
    isEnabled: () => model.all.length > 0,
    execute: async () => {
      showPanel();
      await Promise.all(model.all.map(notebook => notebook.startCheck()));
    }
  });
  add(CommandIDs.cancel, {
    label: trans.__('Cancel the Reproducibility Check'),
    isEnabled: () => words.isRunning(model.current),
    execute: () => model.current?.cancelCheck()
  });
  addResults(context, add);
  return [
    CommandIDs.open,
    CommandIDs.check,
    CommandIDs.checkOpen,
    CommandIDs.cancel,
    CommandIDs.compare,
    CommandIDs.fix
  ];
}

type Add = (id: string, options: CommandRegistry.ICommandOptions) => void;

/** The commands on what a check found. */
function addResults({ model, trans, results }: ICommandContext, add: Add): void {
  const hasReport = (): boolean => Boolean(model.current?.check.report);
  add(CommandIDs.compare, {
    label: trans.__('Compare Recorded and Re-Run Outputs'),
    isEnabled: hasReport,
    execute: args => {
      if (model.current) {
        results.compare(model.current, typeof args.index === 'number' ? args.index : null);
      }
    }
  });
  add(CommandIDs.fix, {
    label: trans.__('Fix What Does Not Reproduce…'),
    isEnabled: () => words.whyNotCheck(trans, model.current) === null,
    execute: () => model.current && results.fix(model.current)
  });
  add(CommandIDs.accept, {
    label: trans.__('Accept the Outputs of the Re-Run'),
    isEnabled: hasReport,
    execute: async args => {
      const { current } = model;
      if (current?.check.job) {
        const told = results.accept(current, current.check.job, indicesOf(args));
        await told.catch((error: unknown) => Notification.error(words.problem(trans, asProblem(error))));
      }
    }
  });
}

function indicesOf(args: ReadonlyPartialJSONObject): number[] {
  const indices = args.indices;
  return Array.isArray(indices) ? indices.filter(index => typeof index === 'number') : [];
}

/** The commands as the panel calls them. */
export function actionsOf(commands: CommandRegistry, model: IReproducibilityModel): IActions {
  const execute = (id: string, args: ReadonlyPartialJSONObject = {}): void => void commands.execute(id, args);
  return {
    check: () => execute(CommandIDs.check),
    cancel: job => void model.jobs.cancel(job),
    fix: () => execute(CommandIDs.fix),
    compare: index => execute(CommandIDs.compare, index === undefined ? {} : { index }),
    accept: indices => execute(CommandIDs.accept, { indices: [...indices] }),
    run: cell => model.current?.notebook.run(cell),
    open: path => execute('docmanager:open', { path }),
    runAll: () => model.current?.notebook.runAll(),
    copy: text => Clipboard.copyToSystem(text)
  };
}

/** What can be done with what a check found: compare it, fix it, accept it. */

import type { JupyterFrontEnd } from '@jupyterlab/application';
import { MainAreaWidget, Notification } from '@jupyterlab/apputils';
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IResults } from './commands';
import { CompareWidget } from './compare/widget';
import type { IComparison } from './compare/widget';
import { applyFix } from './fix/apply';
import { showFix } from './fix/dialog';
import { isUnderWay } from './jobs';
import { asProblem } from './problem';
import type {
  IFix,
  IJob,
  IJobs,
  INotebookModel,
  IProvClient,
  IReport,
  IReproducibilityModel
} from './tokens';
import * as words from './words';

export class Results implements IResults {
  constructor(
    private readonly _app: JupyterFrontEnd,
    private readonly _tracker: INotebookTracker,
    private readonly _client: IProvClient,
    private readonly _model: IReproducibilityModel,
    private readonly _trans: TranslationBundle
  ) {}

  compare(model: INotebookModel, index: number | null): void {
    const { job, report } = model.check;
    if (!job || !report) {
      return;
    }
    const comparison = this._comparison(model, job, report);
    let main = this._open.get(job.id);
    if (!main || main.isDisposed) {
      main = new MainAreaWidget({ content: new CompareWidget(comparison, this._trans) });
      main.id = `jupyter-prov-compare-${job.id}`;
      main.toolbar.hide();
      this._open.set(job.id, main);
      this._keepCurrent(main, model, job, report);
      this._app.shell.add(main, 'main', { mode: 'tab-after', type: 'Reproducibility' });
    } else {
      main.content.comparison = comparison;
    }
    this._app.shell.activateById(main.id);
    const cell = report.cells.find(one => one.index === index);
    if (cell) {
      main.content.showCell(cell.id);
    }
  }

  async fix(model: INotebookModel): Promise<void> {
    const trans = this._trans;
    const job = await this._search(model);
    if (!job) {
      return;
    }
    const panel = this._panelOf(model);
    if (!job.fix) {
      Notification.error(words.outcome(trans, job));
    } else if (panel) {
      this._app.shell.activateById(panel.id);
      const order = model.notebook.cells.map(({ id }) => id);
      if (await showFix(job.fix, order, trans)) {
        this._apply(model, panel, job.fix);
      }
    }
  }

  async accept(model: INotebookModel, job: IJob, indices: readonly number[]): Promise<void> {
    await model.notebook.save();
    const accepted = await this._client.accept(job.id, indices);
    model.notebook.show(accepted);
    await model.notebook.save();
  }

  /** Cells move, and outputs that are no longer those of the check can no longer be replaced. */
  private _keepCurrent(
    main: MainAreaWidget<CompareWidget>,
    model: INotebookModel,
    job: IJob,
    report: IReport
  ): void {
    const update = (): void => {
      main.content.comparison = this._comparison(model, job, report);
    };
    model.changed.connect(update);
    main.disposed.connect(() => {
      model.changed.disconnect(update);
      this._open.delete(job.id);
    });
  }

  private _comparison(model: INotebookModel, job: IJob, report: IReport): IComparison {
    const { notebook } = model;
    const panel = this._panelOf(model);
    const { check } = model;
    const isCurrent = check.job?.id === job.id && !check.outdated;
    return {
      job: job.id,
      report,
      cellNow: id => {
        const position = notebook.cells.findIndex(cell => cell.id === id) + 1;
        const cell = panel?.content.model?.cells.get(position - 1);
        return position > 0 && cell ? { position, source: cell.sharedModel.getSource() } : null;
      },
      load: index => this._client.outputs(job.id, index).catch(inWords(this._trans)),
      goTo: id => notebook.reveal(id),
      fix: () => void this.fix(model),
      accept: isCurrent ? indices => this.accept(model, job, indices).catch(inWords(this._trans)) : null
    };
  }

  /** Look for a fix, told by a notification; gives the ended job, or null where there is nothing to show. */
  private async _search(model: INotebookModel): Promise<IJob | null> {
    const trans = this._trans;
    const { jobs } = this._model;
    const started = await jobs.start('fix', model.notebook);
    if (!started) {
      return null;
    }
    const cancel = { label: trans.__('Cancel'), callback: () => void jobs.cancel(started) };
    const id = Notification.emit(trans.__('Looking for a fix …'), 'in-progress', {
      autoClose: false,
      actions: [cancel]
    });
    const job = await ended(jobs, started, now => {
      const message = trans.__('Looking for a fix: %1', words.phase(trans, now));
      Notification.update({ id, message, actions: [cancel] });
    });
    Notification.dismiss(id);
    return job.state === 'cancelled' ? null : job;
  }

  /** What the toast offers acts on the fixed notebook, whichever is in front by then. */
  private _apply(model: INotebookModel, panel: NotebookPanel, fix: IFix): void {
    const trans = this._trans;
    const shared = panel.content.model?.sharedModel;
    const applied = shared && applyFix(shared, fix, trans);
    if (!applied) {
      return;
    }
    if (applied.refused !== null) {
      Notification.error(applied.refused, { autoClose: false });
      return;
    }
    const whileOpen = (act: () => void) => (): void => {
      if (panel.isDisposed) {
        const name = fix.notebook.split('/').at(-1);
        Notification.error(trans.__('%1 was closed after the fix was applied: open it first.', name));
      } else {
        act();
      }
    };
    const undo = (): void => {
      const problem = applied.undo();
      if (problem !== null) {
        Notification.error(problem);
      }
    };
    const runAll = (): void => void model.notebook.restartAndRunAll();
    Notification.success(words.applied(trans, fix), {
      autoClose: false,
      actions: [
        { label: trans.__('Restart and run all'), callback: whileOpen(runAll) },
        { label: trans.__('Undo'), callback: whileOpen(undo) }
      ]
    });
  }

  private _panelOf(model: INotebookModel): NotebookPanel | undefined {
    return this._tracker.find(panel => this._model.of(panel) === model);
  }

  private readonly _open = new Map<string, MainAreaWidget<CompareWidget>>();
}

/** Throws what went wrong as a sentence for a person. */
function inWords(trans: TranslationBundle): (error: unknown) => never {
  return error => {
    throw new Error(words.problem(trans, asProblem(error)));
  };
}

/** Wait until a job has ended, telling how far it is. */
function ended(jobs: IJobs, job: IJob, tell: (job: IJob) => void): Promise<IJob> {
  return new Promise(resolve => {
    const look = (): void => {
      const now = jobs.all.find(({ id }) => id === job.id);
      if (now && isUnderWay(now)) {
        tell(now);
      } else {
        jobs.changed.disconnect(look);
        resolve(now ?? { ...job, state: 'failed' });
      }
    };
    jobs.changed.connect(look);
    look();
  });
}

/** The models of all open notebooks, and which of them is the current one. */

import type { NotebookPanel } from '@jupyterlab/notebook';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';
import type { Jobs } from './jobs';
import type { NotebookModel } from './notebookModel';
import type { IReproducibilityModel } from './tokens';

export class ReproducibilityModel implements IReproducibilityModel {
  constructor(
    readonly jobs: Jobs,
    private readonly _make: (panel: NotebookPanel) => NotebookModel
  ) {}

  get currentChanged(): ISignal<this, NotebookModel | null> {
    return this._currentChanged;
  }

  get current(): NotebookModel | null {
    return this._current;
  }

  /** All open ones. */
  get all(): NotebookModel[] {
    return [...this._models.values()];
  }

  /** The model of an open notebook, made when it is first asked for. */
  of(panel: NotebookPanel): NotebookModel {
    const known = this._models.get(panel);
    if (known) {
      return known;
    }
    const made = this._make(panel);
    this._models.set(panel, made);
    return made;
  }

  follow(panel: NotebookPanel | null): void {
    const next = panel && this.of(panel);
    if (next !== this._current) {
      this._current = next;
      this._currentChanged.emit(next);
    }
  }

  /** The notebook was closed. */
  forget(panel: NotebookPanel): void {
    const gone = this._models.get(panel);
    this._models.delete(panel);
    if (gone && gone === this._current) {
      this.follow(null);
    }
    gone?.dispose();
  }

  private _current: NotebookModel | null = null;
  private readonly _currentChanged = new Signal<this, NotebookModel | null>(this);
  private readonly _models = new Map<NotebookPanel, NotebookModel>();
}

/** The marks at the cells of an open notebook: small icons in the margin, whose tooltips say it in words. */

import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { markIcons } from './icon';
import { markingsOf } from './markReasons';
import type { ICellMarking } from './markReasons';
import type { INotebookModel } from './tokens';
import * as words from './words';

const CLASS = 'jp-Prov-cellMarks';

/** Keeps the marks of one notebook as its model says. */
export class CellMarks implements IDisposable {
  constructor(
    private readonly _panel: NotebookPanel,
    private readonly _model: INotebookModel,
    private readonly _trans: TranslationBundle,
    private readonly _open: () => void
  ) {
    _model.changed.connect(this._draw, this);
    this._draw();
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    this._model.changed.disconnect(this._draw, this);
    for (const { node } of this._panel.content.widgets) {
      node.querySelector(`:scope > .${CLASS}`)?.remove();
    }
  }

  private _draw(): void {
    const markings = markingsOf(this._model.live?.reasons ?? []);
    for (const { node, model } of this._panel.content.widgets) {
      this._mark(node, markings.get(model.id) ?? []);
    }
  }

  private _mark(cell: HTMLElement, markings: readonly ICellMarking[]): void {
    const old = cell.querySelector<HTMLElement>(`:scope > .${CLASS}`);
    const said = JSON.stringify(markings);
    if (old?.dataset.said === said || (!old && markings.length === 0)) {
      return;
    }
    old?.remove();
    if (markings.length > 0) {
      const marks = document.createElement('div');
      marks.className = CLASS;
      marks.dataset.said = said;
      marks.append(...markings.map(marking => this._icon(marking)));
      cell.append(marks);
    }
  }

  private _icon({ mark, texts }: ICellMarking): HTMLElement {
    const button = document.createElement('button');
    const title = [words.cellMark(this._trans, mark), ...texts].join('\n');
    button.type = 'button';
    // The panel tells the same, and is where the keyboard goes.
    button.tabIndex = -1;
    button.className = 'jp-Prov-cellMark';
    button.dataset.mark = mark;
    button.title = title;
    button.setAttribute('aria-label', title);
    button.addEventListener('click', this._open);
    markIcons[mark].element({ container: button, elementSize: 'normal' });
    return button;
  }

  private _isDisposed = false;
}

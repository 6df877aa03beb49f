/** A fix put into the open notebook as one undoable edit, and taken back again. */

import type { ISharedCell, ISharedNotebook } from '@jupyter/ydoc';
import type { TranslationBundle } from '@jupyterlab/translation';
import { commonEnd, commonStart } from '../compare/ends';
import type { IFix, IFixedCell } from '../tokens';
import { keptInOrder } from './changes';

/** As much of JupyterLab's shared notebook as is needed. */
export type IFixableNotebook = Pick<
  ISharedNotebook,
  'cells' | 'transact' | 'insertCells' | 'deleteCellRange'
> & {
  /** Edits that follow quickly are undone together, unless it is told to part them. */
  readonly undoManager?: { stopCapturing: () => void };
};

/** Either the fix was applied, or it says why not, and nothing was changed. */
export type Applied = { refused: null; undo: Undo } | { refused: string };

/** Put everything back; gives null, or says why it was not done. */
export type Undo = () => string | null;

/** A cell as it shall be: one of the notebook's, or one that is put in. */
interface IWanted {
  id: string;
  type: string;
  source: string;
  /** undefined where the cell has no such metadata. */
  tags: string[] | undefined;
}

/**
 * Give the notebook the sources, tags, new cells and the order of a fix; outputs and execution counts stay, and cells
 * that the fix does not know stay behind those that they follow. JupyterLab's "Undo Cell Operation" takes all of it
 * back at once, and so does the undo that is given, which keeps outputs that have come since.
 */
export function applyFix(notebook: IFixableNotebook, fix: IFix, trans: TranslationBundle): Applied {
  const refused = whyNot(notebook, fix, trans);
  if (refused !== null) {
    return { refused };
  }
  const before = notebook.cells.map(asWanted);
  arrange(notebook, wantedBy(fix, before));
  const after = JSON.stringify(notebook.cells.map(asWanted));
  const undo = (): string | null => {
    if (JSON.stringify(notebook.cells.map(asWanted)) !== after) {
      return trans.__(
        'The notebook was edited since the fix was applied, so the fix cannot be taken back as a whole.'
      );
    }
    arrange(notebook, before);
    return null;
  };
  return { refused: null, undo };
}

/** Why the fix does not fit the notebook as it is now; null if it does. */
function whyNot(notebook: IFixableNotebook, fix: IFix, trans: TranslationBundle): string | null {
  const present = new Map(notebook.cells.map((cell, index) => [cell.id, { cell, number: index + 1 }]));
  const stands = fix.cells.every(({ id, after }) => present.get(id)?.cell.source === after);
  if (stands && fix.cells.some(({ before, after }) => before !== after)) {
    return trans.__('This fix stands in the notebook already.');
  }
  for (const { id, type, before } of fix.cells) {
    const found = present.get(id);
    if (before !== null && !found) {
      return trans.__(
        'A cell that the fix needs is not in the notebook any more: "%1". Save the notebook and look for a fix again.',
        firstLine(before)
      );
    }
    if (found && (found.cell.cell_type !== type || found.cell.source !== before)) {
      return trans.__(
        'Cell %1 was edited since the fix was found. Save the notebook and look for a fix again.',
        found.number
      );
    }
  }
  return null;
}

function firstLine(source: string): string {
  const line = source.trim().split('\n', 1)[0] ?? '';
  return line.length > 60 ? `${line.slice(0, 60)}…` : line;
}

function asWanted(cell: ISharedCell): IWanted {
  const tags = cell.getMetadata('tags');
  return { id: cell.id, type: cell.cell_type, source: cell.source, tags: isTags(tags) ? tags : undefined };
}

function isTags(value: unknown): value is string[] {
  return Array.isArray(value) && value.every(tag => typeof tag === 'string');
}

/** The cells of the fixed notebook, with those that it does not know behind the ones before them now. */
function wantedBy(fix: IFix, present: readonly IWanted[]): IWanted[] {
  const old = new Map(present.map(cell => [cell.id, cell]));
  const result = fix.cells.map(cell => fixed(cell, old.get(cell.id)?.tags));
  present.forEach((cell, index) => {
    if (!result.some(({ id }) => id === cell.id)) {
      const previous = present[index - 1]?.id;
      result.splice(result.findIndex(({ id }) => id === previous) + 1, 0, cell);
    }
  });
  return result;
}

function fixed({ id, type, after, tags }: IFixedCell, known: string[] | undefined): IWanted {
  return {
    id,
    type,
    source: after,
    tags: tags.length > 0 ? [...new Set([...(known ?? []), ...tags])] : known
  };
}

/** Make the notebook's cells those that are wanted, in one transaction. */
function arrange(notebook: IFixableNotebook, wanted: readonly IWanted[]): void {
  // The list of cells is brought up to date after the transaction: during it, `ids` tells what stands where.
  const cells = new Map(notebook.cells.map(cell => [cell.id, cell]));
  const ids = [...cells.keys()];
  const kept = keptInOrder(
    ids,
    wanted.map(({ id }) => id).filter(id => cells.has(id))
  );
  notebook.undoManager?.stopCapturing();
  notebook.transact(() => {
    for (const want of wanted) {
      const cell = cells.get(want.id);
      if (cell) {
        edit(cell, want);
      }
    }
    // A cell cannot be moved, only taken out and put in again, as JupyterLab itself does it.
    const contents = new Map([...cells].map(([id, cell]) => [id, kept.has(id) ? null : cell.toJSON()]));
    for (let index = ids.length - 1; index >= 0; index--) {
      if (!kept.has(ids[index] ?? '')) {
        notebook.deleteCellRange(index, index + 1);
        ids.splice(index, 1);
      }
    }
    wanted.forEach((want, index) => {
      if (ids[index] !== want.id) {
        notebook.insertCells(index, [contents.get(want.id) ?? made(want)]);
        ids.splice(index, 0, want.id);
      }
    });
  });
  notebook.undoManager?.stopCapturing();
}

function made({ id, type, source, tags }: IWanted): Parameters<ISharedNotebook['insertCells']>[1][number] {
  return { id, cell_type: type, source, metadata: tags ? { tags } : {} };
}

/** Change of a cell only what differs, so that cursors stay where they are. */
function edit(cell: ISharedCell, { source, tags }: IWanted): void {
  const old = cell.source;
  if (old !== source) {
    const start = commonStart(old, source);
    const end = commonEnd(old, source, start);
    cell.updateSource(start, old.length - end, source.slice(start, source.length - end));
  }
  if (JSON.stringify(asWanted(cell).tags) === JSON.stringify(tags)) {
    return;
  }
  if (tags) {
    cell.setMetadata('tags', tags);
  } else {
    cell.deleteMetadata('tags');
  }
}

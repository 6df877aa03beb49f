/** What the comparison view and its cells are given. */

import type { TranslationBundle } from '@jupyterlab/translation';
import type { ICellOutputs, IReport } from '../tokens';

/** A cell as it is in the notebook now. */
export interface ICellNow {
  /** Counted from 1, all cells. */
  position: number;
  source: string;
}

export interface ICompareProps {
  report: IReport;
  /** The cell with this id; null where it is in the notebook no more, or the notebook is not open. */
  cellNow: (id: string) => ICellNow | null;
  /** The outputs of the cell with this index among all cells; asked for when they are about to be seen. */
  load: (index: number) => Promise<ICellOutputs>;
  goTo: (id: string) => void;
  /** Look for a fix of the notebook; null where that cannot be done now. */
  fix: (() => void) | null;
  /** Make the new outputs of these cells the recorded ones; rejects with an Error that says why it could not. */
  accept: ((indices: readonly number[]) => Promise<void>) | null;
  /** The cell to come to; a new object comes to it again. */
  shown?: { readonly id: string } | null;
  trans: TranslationBundle;
}

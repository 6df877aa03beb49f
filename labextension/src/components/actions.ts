/** What the panel can do beside showing; the commands do it. */

import type { IJob } from '../tokens';

export interface IActions {
  check: () => void;
  cancel: (job: IJob) => void;
  /** Look for a fix, show it, and put it into the notebook if that is wanted. */
  fix: () => void;
  /** Show recorded and re-run outputs side by side, of the cell with this index first. */
  compare: (index?: number) => void;
  accept: (indices: readonly number[]) => void;
  run: (cell: string) => void;
  /** Open a file of the contents API. */
  open: (path: string) => void;
  runAll: () => void;
  copy: (text: string) => void;
}

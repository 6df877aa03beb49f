/** Which marks the cells of a notebook get, and what they say. Knows nothing of how they look. */

import type { CellMark, IReason } from './tokens';

/** The gravest first. */
const MARKS: readonly CellMark[] = ['stale', 'out-of-order', 'changed-input', 'unseeded', 'clock'];

/** What is to be said at a cell for one mark. */
export interface ICellMarking {
  mark: CellMark;
  /** A line for each reason. */
  texts: string[];
}

/** The markings of each cell, in the order in which they are shown. */
export function markingsOf(reasons: readonly IReason[]): Map<string, ICellMarking[]> {
  const found = new Map<string, ICellMarking[]>();
  for (const mark of MARKS) {
    for (const reason of reasons) {
      if (reason.mark === mark && reason.cell !== null) {
        put(found, reason.cell, mark, reason.text);
      }
    }
  }
  return found;
}

function put(found: Map<string, ICellMarking[]>, cell: string, mark: CellMark, text: string): void {
  const there = found.get(cell) ?? [];
  const known = there.find(marking => marking.mark === mark);
  if (known) {
    known.texts.push(text);
  } else {
    found.set(cell, [...there, { mark, texts: [text] }]);
  }
}

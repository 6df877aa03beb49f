/** Two tables cell by cell: their rows and columns are paired by their labels, or else by their places. */

import { diffArrays } from 'diff/lib/diff/array.js';
import type { IGrid, IGridRow } from './html';

export type CellState = 'same' | 'changed' | 'went' | 'came';

/** A row or a column; null on the side where it is not. */
export interface IPlaced {
  state: CellState;
  old: number | null;
  new: number | null;
}

export interface ICompared {
  columns: IPlaced[];
  rows: IPlaced[];
  changedCells: number;
}

const MOST_SHOWN = 300;
const EFFORT = { maxEditLength: 1000, timeout: 200 };

/** Columns are compared first, then rows in the columns that both have. */
export function comparedTables(old: IGrid, next: IGrid): ICompared {
  const columns = placed(columnKeys(old), columnKeys(next), true);
  const pairs = columns.filter(column => column.old !== null && column.new !== null);
  const isLabelled = [old, next].every(grid => grid.body.every(row => row.labels > 0));
  const key = (row: IGridRow): string => (isLabelled ? row.cells.slice(0, row.labels) : row.cells).join('\t');
  const rows = placed(old.body.map(key), next.body.map(key), isLabelled);
  let changedCells = 0;
  for (const row of rows) {
    const [one, other] = [cellsOf(old, row.old), cellsOf(next, row.new)];
    if (one && other) {
      const changed = pairs.filter(pair => one[pair.old ?? -1] !== other[pair.new ?? -1]).length;
      changedCells += changed;
      row.state = changed > 0 ? 'changed' : 'same';
    }
  }
  return { columns, rows, changedCells };
}

/** The rows that are shown: all, or of very many the first that are not equal. */
export function shownRows({ rows }: ICompared): IPlaced[] {
  return rows.length > MOST_SHOWN ? rows.filter(({ state }) => state !== 'same').slice(0, MOST_SHOWN) : rows;
}

export function isUnchanged({ rows, columns }: ICompared): boolean {
  return [...rows, ...columns].every(({ state }) => state === 'same');
}

/** By how much a number is another, as text; null where they are no two numbers. */
export function numberDifference(old: string, next: string): string | null {
  const [one, other] = [numberIn(old), numberIn(next)];
  if (one === null || other === null || one === other) {
    return null;
  }
  const difference = Number((other - one).toPrecision(6));
  return difference > 0 ? `+${difference}` : `−${-difference}`;
}

function numberIn(text: string): number | null {
  const plain = text
    .trim()
    .replace(/,(?=\d{3})/g, '')
    .replace('−', '-')
    .replace(/\s*%$/, '');
  return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(plain) ? Number(plain) : null;
}

function cellsOf(grid: IGrid, row: number | null): string[] | undefined {
  return row === null ? undefined : grid.body[row]?.cells;
}

function columnKeys({ head, body }: IGrid): string[] {
  const width = Math.max(0, ...[...head, ...body.map(({ cells }) => cells)].map(cells => cells.length));
  return Array.from({ length: width }, (_, column) => head.map(cells => cells[column] ?? '').join('\t'));
}

/** What is between two equal keys came or went; where it is as much on both sides, or has no label, it changed. */
function placed(old: readonly string[], next: readonly string[], isLabelled: boolean): IPlaced[] {
  const changes = diffArrays([...old], [...next], EFFORT);
  const result: IPlaced[] = [];
  let [oldAt, newAt] = [0, 0];
  const put = (went: number, came: number): void => {
    const both = isLabelled && went !== came ? 0 : Math.min(went, came);
    for (let index = 0; index < both; index++) {
      result.push({ state: 'same', old: oldAt + index, new: newAt + index });
    }
    for (let index = both; index < went; index++) {
      result.push({ state: 'went', old: oldAt + index, new: null });
    }
    for (let index = both; index < came; index++) {
      result.push({ state: 'came', old: null, new: newAt + index });
    }
    oldAt += went;
    newAt += came;
  };
  let went = 0;
  for (const { removed, added, count } of changes ?? [
    { removed: true, added: false, count: old.length },
    { removed: false, added: true, count: next.length }
  ]) {
    if (removed) {
      put(went, 0);
      went = count;
    } else if (added) {
      put(went, count);
      went = 0;
    } else {
      put(went, 0);
      put(count, count);
      went = 0;
    }
  }
  put(went, 0);
  return result;
}

/** What HTML says, without what it does: it is parsed where no script runs and nothing is fetched. */

import { MOST_TEXT, visible } from './text';

/** A table of texts; spanned cells are repeated, so that every row is as wide as the others. */
export interface IGrid {
  head: string[][];
  body: IGridRow[];
  /** Whether there were more rows or columns than are looked at. */
  isCut: boolean;
}

export interface IGridRow {
  cells: string[];
  /** How many cells at its start are headings: labels, which tell what row it is. */
  labels: number;
}

export interface IHtml {
  tables: IGrid[];
  /** The text outside the tables. */
  text: string;
}

const MOST_ROWS = 2000;
const MOST_COLUMNS = 200;
const MOST_TABLES = 20;
const SILENT = 'script, style, template, noscript, title, svg, math, iframe, object';
const BLOCKS = new Set(
  'ADDRESS ARTICLE ASIDE BLOCKQUOTE BR DD DETAILS DIV DL DT FIGCAPTION FIGURE FOOTER FORM H1 H2 H3 H4 H5 H6 HEADER HR LI MAIN NAV OL P PRE SECTION SUMMARY TABLE TR UL'.split(
    ' '
  )
);

export function readHtml(source: string): IHtml {
  const { body } = new DOMParser().parseFromString(source.slice(0, MOST_TEXT), 'text/html');
  body.querySelectorAll(SILENT).forEach(element => element.remove());
  const tables = [...body.querySelectorAll('table')].filter(table => !table.parentElement?.closest('table'));
  const read = tables.slice(0, MOST_TABLES);
  const grids = read.map(gridOf);
  read.forEach(table => table.remove());
  return { tables: grids, text: textOf(body) };
}

/** The text of an element, a line for each block. */
function textOf(root: Element): string {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
  let text = '';
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node.nodeType === Node.ELEMENT_NODE) {
      text += BLOCKS.has(node.nodeName) ? '\n' : '';
    } else {
      const content = node.nodeValue ?? '';
      text += node.parentElement?.closest('pre') ? content : content.replace(/\s+/g, ' ');
    }
  }
  return visible(text)
    .replace(/[ \t]*\n\s*/g, '\n')
    .trim();
}

function gridOf(table: HTMLTableElement): IGrid {
  const rows = [...table.rows].slice(0, MOST_ROWS);
  const filled = fill(rows);
  const isHead = (row: HTMLTableRowElement): boolean => row.parentElement === table.tHead;
  // Without a <thead>, a first row of headings alone is one.
  const heads = table.tHead ? rows.filter(isHead).length : Number(rows[0]?.querySelector('td') === null);
  return {
    head: filled.slice(0, heads).map(({ cells }) => cells),
    body: filled.slice(heads),
    isCut: table.rows.length > MOST_ROWS || filled.some(({ cells }) => cells.length >= MOST_COLUMNS)
  };
}

/** The rows, with what spans several cells in each of them. */
function fill(rows: readonly HTMLTableRowElement[]): IGridRow[] {
  const grid: (string | undefined)[][] = rows.map(() => []);
  const labels: number[] = rows.map(() => 0);
  rows.forEach((row, top) => {
    for (const cell of [...row.cells].slice(0, MOST_COLUMNS)) {
      const left = firstFree(grid[top] ?? []);
      if (left >= MOST_COLUMNS) {
        break;
      }
      const text = visible(cell.textContent.replace(/\s+/g, ' ').trim());
      // A span of 0 reaches to the end.
      const bottom = Math.min(top + (cell.rowSpan || rows.length), rows.length);
      const right = Math.min(left + cell.colSpan, MOST_COLUMNS);
      grid.slice(top, bottom).forEach((line, down) => {
        line.length = Math.max(line.length, right);
        line.fill(text, left, right);
        if (cell.nodeName === 'TH' && labels[top + down] === left) {
          labels[top + down] = right;
        }
      });
    }
  });
  return grid.map((cells, y) => ({ cells: Array.from(cells, text => text ?? ''), labels: labels[y] ?? 0 }));
}

function firstFree(cells: readonly (string | undefined)[]): number {
  const free = cells.findIndex(cell => cell === undefined);
  return free < 0 ? cells.length : free;
}

// @vitest-environment jsdom
import { describe, expect, test } from 'vitest';
import { readHtml } from '../src/compare/html';
import type { IGrid } from '../src/compare/html';
import { comparedTables, isUnchanged, numberDifference, shownRows } from '../src/compare/tables';
import { frame } from './examples';

function grid(html: string): IGrid {
  const found = readHtml(html).tables[0];
  if (!found) {
    throw new Error('There is no table.');
  }
  return found;
}

function compared(old: string, next: string): { rows: string[]; columns: string[]; changedCells: number } {
  const { rows, columns, changedCells } = comparedTables(grid(old), grid(next));
  return { rows: rows.map(({ state }) => state), columns: columns.map(({ state }) => state), changedCells };
}

describe('tables', () => {
  test('a data frame is read with its head and its labels', () => {
    expect(grid(frame(['a', 'b'], { x: [1, ' 2 '] }))).toEqual({
      head: [['', 'a', 'b']],
      body: [{ cells: ['x', '1', '2'], labels: 1 }],
      isCut: false
    });
  });

  test('cells that span others are repeated in them', () => {
    const html = `<table><thead><tr><th></th><th></th><th colspan="2">all</th></tr></thead>
      <tr><th rowspan="2">2007</th><th>f</th><td>1</td><td>2</td></tr><tr><th>m</th><td>3</td><td>4</td></tr></table>`;
    const { head, body } = grid(html);
    expect(head).toEqual([['', '', 'all', 'all']]);
    expect(body.map(({ cells, labels }) => [labels, ...cells])).toEqual([
      [2, '2007', 'f', '1', '2'],
      [2, '2007', 'm', '3', '4']
    ]);
  });

  test('spans without end cost nothing', () => {
    const cell = '<td colspan="1000" rowspan="65534">x</td>';
    const started = performance.now();
    const { isCut } = grid(`<table>${`<tr>${cell.repeat(50)}</tr>`.repeat(50)}</table>`);
    expect(isCut).toBe(true);
    expect(performance.now() - started).toBeLessThan(2000);
  });

  test('changed cells are counted in the rows that both have', () => {
    const [old, next] = [
      frame(['a', 'b'], { x: [1, 2], y: [3, 4] }),
      frame(['a', 'b'], { x: [1, 9], y: [3, 4] })
    ];
    expect(compared(old, next)).toEqual({
      rows: ['changed', 'same'],
      columns: ['same', 'same', 'same'],
      changedCells: 1
    });
  });

  test('a row that went leaves those below it beside their own', () => {
    const [old, next] = [frame(['a'], { x: [1], y: [2], z: [3] }), frame(['a'], { x: [1], z: [3] })];
    expect(compared(old, next)).toEqual({
      rows: ['same', 'went', 'same'],
      columns: ['same', 'same'],
      changedCells: 0
    });
  });

  test('a column that came is no change of the cells beside it', () => {
    const [old, next] = [frame(['a', 'c'], { x: [1, 3] }), frame(['a', 'b', 'c'], { x: [1, 2, 3] })];
    expect(compared(old, next)).toEqual({
      rows: ['same'],
      columns: ['same', 'same', 'came', 'same'],
      changedCells: 0
    });
  });

  test('labels that changed one for one are changes', () => {
    const [old, next] = [frame(['a'], { one: [1], two: [2] }), frame(['a'], { uno: [1], two: [2] })];
    expect(compared(old, next)).toMatchObject({ rows: ['changed', 'same'], changedCells: 1 });
  });

  test('other labels, and not as many, are other rows', () => {
    const [old, next] = [frame(['a'], { one: [1], two: [2] }), frame(['a'], { uno: [1] })];
    expect(compared(old, next)).toMatchObject({ rows: ['went', 'went', 'came'], changedCells: 0 });
  });

  test('rows without labels are paired by what they say', () => {
    const table = (...cells: string[]): string =>
      `<table>${cells.map(cell => `<tr><td>${cell}</td></tr>`).join('')}</table>`;
    expect(compared(table('a', 'b', 'c'), table('a', 'c')).rows).toEqual(['same', 'went', 'same']);
    expect(compared(table('a', 'b', 'c'), table('a', 'x', 'y', 'c')).rows).toEqual([
      'same',
      'changed',
      'came',
      'same'
    ]);
  });

  test('of very many rows those that differ are shown', () => {
    const rows = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`r${index}`, [index]]));
    const result = comparedTables(grid(frame(['a'], rows)), grid(frame(['a'], { ...rows, r500: ['x'] })));
    expect(result.rows).toHaveLength(1000);
    expect(shownRows(result).map(({ old }) => old)).toEqual([500]);
    expect(isUnchanged(result)).toBe(false);
  });

  test.each([
    ['0.13', '0.87', '+0.74'],
    ['1,000', '999', '−1'],
    ['12 %', '10%', '−2'],
    ['1e-3', '.002', '+0.001'],
    ['1', '1', null],
    ['1', 'one', null],
    ['2024-01-01', '2024-01-02', null],
    ['', '1', null]
  ])('from %j to %j is %j', (old, next, difference) => expect(numberDifference(old, next)).toBe(difference));
});

test('the text of HTML has a line for each block, and neither scripts nor styles', () => {
  const html =
    '<style>a{}</style><h1>Model</h1><p>one <b>two</b>\n three<br>four<ul><li>five</ul><script>ran()</script>';
  expect(readHtml(html)).toEqual({ tables: [], text: 'Model\none two three\nfour\nfive' });
});

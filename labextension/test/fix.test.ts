import assert from 'node:assert/strict';
import { YNotebook } from '@jupyter/ydoc';
import type { ISharedCodeCell } from '@jupyter/ydoc';
import { nullTranslator } from '@jupyterlab/translation';
import { describe, expect, test } from 'vitest';
import { applyFix } from '../src/fix/apply';
import type { Undo } from '../src/fix/apply';
import { cellChanges, keptInOrder } from '../src/fix/changes';
import type { IFix, IFixedCell } from '../src/tokens';

const trans = nullTranslator.load('jupyter-prov');

interface ICode {
  source: string;
  tags?: string[];
}

/** A notebook of code cells that have been run, each of which showed its id. */
function notebookOf(cells: Record<string, string | ICode>, disableDocumentWideUndoRedo = true): YNotebook {
  const notebook = YNotebook.create({ disableDocumentWideUndoRedo });
  Object.entries(cells).forEach(([id, given], index) => {
    const { source, tags } = typeof given === 'string' ? { source: given, tags: undefined } : given;
    notebook.addCell({
      id,
      cell_type: 'code',
      source,
      metadata: tags ? { tags } : { keep: id },
      execution_count: index + 1,
      outputs: [{ output_type: 'stream', name: 'stdout', text: `${id}\n` }]
    });
  });
  notebook.clearUndoHistory();
  return notebook;
}

function fixOf(...cells: (Partial<IFixedCell> & { id: string; before: string | null })[]): IFix {
  return {
    notebook: 'a.ipynb',
    verified: true,
    changes: [],
    cells: cells.map(cell => ({ type: 'code', after: cell.before ?? '', tags: [], ...cell })),
    files: [],
    left: [],
    said: [],
    runs: 4,
    seconds: 1
  };
}

function applied(notebook: YNotebook, fix: IFix): Undo {
  const result = applyFix(notebook, fix, trans);
  assert(result.refused === null, 'refused');
  return result.undo;
}

function sources(notebook: YNotebook): Record<string, string> {
  return Object.fromEntries(notebook.cells.map(({ id, source }) => [id, source]));
}

const ALL = (): YNotebook =>
  notebookOf({ a: 'x = 1', b: 'print(y)', c: 'y = 2', d: { source: 't()', tags: ['old'] } });
/** New order, new cell, new source, new tag: everything at once. */
const EVERYTHING = fixOf(
  { id: 'a', before: 'x = 1', after: 'x = 2' },
  { id: 'new', before: null, after: 'seed(1)' },
  { id: 'c', before: 'y = 2' },
  { id: 'b', before: 'print(y)', after: 'print(y, 3)' },
  { id: 'd', before: 't()', tags: ['prov-volatile'] }
);

describe.each([
  ['undo of each cell by itself', true],
  ['undo of the whole document', false]
])('with %s', (_, disable) => {
  const open = (): YNotebook =>
    notebookOf({ a: 'x = 1', b: 'print(y)', c: 'y = 2', d: { source: 't()', tags: ['old'] } }, disable);

  test('a fix changes sources, order, tags and puts cells in', () => {
    const notebook = open();
    applied(notebook, EVERYTHING);
    expect(notebook.cells.map(({ id, source }) => [id, source])).toEqual([
      ['a', 'x = 2'],
      ['new', 'seed(1)'],
      ['c', 'y = 2'],
      ['b', 'print(y, 3)'],
      ['d', 't()']
    ]);
    expect(notebook.cells[4]?.getMetadata('tags')).toEqual(['old', 'prov-volatile']);
  });

  test('outputs, execution counts and other metadata stay with their cells', () => {
    const notebook = open();
    applied(notebook, EVERYTHING);
    const moved = notebook.cells[3] as ISharedCodeCell;
    expect(moved.toJSON()).toMatchObject({
      id: 'b',
      execution_count: 2,
      outputs: [{ text: 'b\n' }],
      metadata: { keep: 'b' }
    });
  });

  test('one undo of the notebook takes all of it back, and one redo brings it again', () => {
    const notebook = open();
    const before = notebook.toJSON();
    applied(notebook, EVERYTHING);
    const after = notebook.toJSON();
    notebook.undo();
    expect(notebook.toJSON()).toEqual(before);
    expect(notebook.canUndo()).toBe(false);
    notebook.redo();
    expect(notebook.toJSON()).toEqual(after);
  });

  test('an edit just before it is not undone with it', () => {
    const notebook = open();
    notebook.insertCell(4, { id: 'e', cell_type: 'markdown', source: 'mine' });
    applied(notebook, EVERYTHING);
    notebook.undo();
    expect(Object.keys(sources(notebook))).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  test('the undo that is given puts everything back, once', () => {
    const notebook = open();
    const before = notebook.toJSON();
    const undo = applied(notebook, EVERYTHING);
    expect(undo()).toBeNull();
    expect(notebook.toJSON()).toEqual(before);
    expect(undo()).toMatch(/edited since/);
  });

  test('the undo that is given keeps outputs that have come since', () => {
    const notebook = open();
    const undo = applied(notebook, EVERYTHING);
    (notebook.cells[3] as ISharedCodeCell).setOutputs([
      { output_type: 'stream', name: 'stdout', text: 'fresh' }
    ]);
    expect(undo()).toBeNull();
    expect(notebook.cells[1]?.toJSON()).toMatchObject({ id: 'b', outputs: [{ text: 'fresh' }] });
  });

  test('the undo that is given does nothing after an edit, and says so', () => {
    const notebook = open();
    const undo = applied(notebook, EVERYTHING);
    notebook.cells[2]?.setSource('y = 5');
    const edited = notebook.toJSON();
    expect(undo()).toMatch(/edited since/);
    expect(notebook.toJSON()).toEqual(edited);
  });

  test('the list of cells tells its listeners of one change that leads to the new order', () => {
    const notebook = open();
    const seen: string[][] = [];
    notebook.changed.connect((_, { cellsChange }) => {
      if (cellsChange) {
        seen.push(notebook.cells.map(({ id }) => id));
      }
    });
    applied(notebook, EVERYTHING);
    expect(seen).toEqual([['a', 'new', 'c', 'b', 'd']]);
  });
});

test('a source is edited only where it differs, and no character is split', () => {
  const notebook = notebookOf({ a: "s = '😀 one'\nsame()" });
  const changes: unknown[] = [];
  notebook.cells[0]?.changed.connect((_, change) => changes.push(change.sourceChange));
  applied(notebook, fixOf({ id: 'a', before: "s = '😀 one'\nsame()", after: "s = '😁 one'\nsame()" }));
  expect(notebook.cells[0]?.source).toBe("s = '😁 one'\nsame()");
  expect(changes).toEqual([[{ retain: 5 }, { insert: '😁' }, { delete: 2 }]]);
});

test('cells that the fix does not know stay behind those that they follow', () => {
  const notebook = ALL();
  notebook.insertCell(0, { id: 'top', cell_type: 'markdown', source: '# Mine' });
  notebook.insertCell(3, { id: 'after b', cell_type: 'code', source: '' });
  notebook.insertCell(6, { id: 'last', cell_type: 'code', source: '' });
  applied(notebook, EVERYTHING);
  expect(Object.keys(sources(notebook))).toEqual(['top', 'a', 'new', 'c', 'b', 'after b', 'd', 'last']);
});

test('a cell that was edited meanwhile is named, and nothing is changed', () => {
  const notebook = ALL();
  notebook.cells[2]?.setSource('y = 3');
  const before = notebook.toJSON();
  const { refused } = applyFix(notebook, EVERYTHING, trans);
  expect(refused).toMatch(/^Cell 3 was edited/);
  expect(notebook.toJSON()).toEqual(before);
});

test('a cell that is gone is told by its first line', () => {
  const notebook = ALL();
  notebook.deleteCell(2);
  expect(applyFix(notebook, EVERYTHING, trans).refused).toMatch(/"y = 2"/);
});

test('a cell that has become text is no longer the one that the fix knows', () => {
  const notebook = notebookOf({});
  notebook.addCell({ id: 'a', cell_type: 'markdown', source: 'x = 1' });
  expect(applyFix(notebook, fixOf({ id: 'a', before: 'x = 1', after: 'x = 2' }), trans).refused).toMatch(
    /^Cell 1/
  );
});

test('a fix is not applied twice', () => {
  const notebook = ALL();
  applied(notebook, EVERYTHING);
  expect(applyFix(notebook, EVERYTHING, trans).refused).toMatch(/already/);
});

test('only what a fix changes is told of, with the places where cells were', () => {
  const changes = cellChanges(EVERYTHING, ['a', 'b', 'c', 'mine', 'd']);
  expect(changes.map(({ cell, number, place, was }) => [cell.id, number, place, was])).toEqual([
    ['a', 1, 'kept', 1],
    ['new', 2, 'new', null],
    ['b', 4, 'moved', 2],
    ['d', 5, 'kept', 5]
  ]);
  expect(changes.map(({ diff }) => diff?.length ?? null)).toEqual([1, 1, 1, null]);
});

test.each([
  ['a b', 'b a', 'a'],
  ['a b c d e', 'b c d e a', 'b c d e'],
  ['a b c d e f', 'd a b c f e', 'a b c e'],
  ['a b c', 'c b a', 'a'],
  ['', '', '']
])('from "%s" to "%s" the cells "%s" stay', (before, after, kept) => {
  expect([...keptInOrder(before.split(' '), after.split(' '))].sort().join(' ')).toBe(kept);
});

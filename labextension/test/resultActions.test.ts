import assert from 'node:assert/strict';
import { YNotebook } from '@jupyter/ydoc';
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { INotebookTracker } from '@jupyterlab/notebook';
import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import { beforeEach, expect, test, vi } from 'vitest';
import { Results } from '../src/resultActions';
import type { IFix, INotebookModel, IReproducibilityModel } from '../src/tokens';
import { FakeClient, FakeNotebook, jobOf } from './fakes';

interface IAction {
  label: string;
  callback: () => void;
}

const { toasts, problems } = vi.hoisted(() => ({
  toasts: [] as { actions: IAction[] }[],
  problems: [] as string[]
}));

vi.mock('@jupyterlab/apputils', () => ({
  MainAreaWidget: null,
  Notification: {
    emit: () => 'id',
    update: () => undefined,
    dismiss: () => undefined,
    success: (_: string, toast: { actions: IAction[] }) => toasts.push(toast),
    error: (problem: string) => problems.push(problem)
  }
}));
vi.mock('../src/compare/widget', () => ({ CompareWidget: null }));
vi.mock('../src/fix/dialog', () => ({ showFix: () => Promise.resolve(true) }));

const FIX: IFix = {
  notebook: 'folder/fixed.ipynb',
  verified: true,
  changes: [],
  cells: [{ id: 'one', type: 'code', before: 'draw()', after: 'seed(1)\ndraw()', tags: [] }],
  files: [],
  left: [],
  said: [],
  runs: 2,
  seconds: 1
};

interface IOpened {
  results: Results;
  model: INotebookModel;
  panel: { isDisposed: boolean };
  shared: YNotebook;
  fixed: FakeNotebook;
  other: FakeNotebook;
  /** The commands of JupyterLab that were called: they act on what is in front. */
  commands: string[];
}

/** Two open notebooks, of which the first gets a fix while the second is in front. */
function opened(): IOpened {
  const shared = YNotebook.create();
  shared.addCell({ id: 'one', cell_type: 'code', source: 'draw()' });
  const panel = { id: 'panel', isDisposed: false, content: { model: { sharedModel: shared } } };
  const [fixed, other] = ['folder/fixed.ipynb', 'other.ipynb'].map(path => new FakeNotebook(path));
  const model = { notebook: fixed } as unknown as INotebookModel;
  const job = jobOf('1', 'finished', { kind: 'fix', fix: FIX });
  const jobs = { all: [job], start: () => Promise.resolve(job), changed: new Signal({}) };
  const models = { jobs, current: { notebook: other }, of: () => model };
  const commands: string[] = [];
  const app = {
    shell: { activateById: () => undefined },
    commands: { execute: (command: string) => commands.push(command) }
  };
  const results = new Results(
    app as unknown as JupyterFrontEnd,
    { find: (is: (one: unknown) => boolean) => [panel].find(is) } as unknown as INotebookTracker,
    new FakeClient(),
    models as unknown as IReproducibilityModel,
    nullTranslator.load('jupyter-prov')
  );
  assert(fixed && other);
  return { results, model, panel, shared, fixed, other, commands };
}

function press(label: string): void {
  const action = toasts.at(-1)?.actions.find(one => one.label === label);
  assert(action, label);
  action.callback();
}

beforeEach(() => {
  toasts.length = problems.length = 0;
});

test('after a fix, the fixed notebook is restarted and run, not the one in front', async () => {
  const { results, model, fixed, other, commands } = opened();
  await results.fix(model);
  press('Restart and run all');
  expect([fixed.restarts, other.restarts]).toEqual([1, 0]);
  expect(commands).toEqual([]);
});

test('what the toast offers does nothing to a notebook that was closed, and says so', async () => {
  const { results, model, panel, shared, fixed } = opened();
  await results.fix(model);
  panel.isDisposed = true;
  press('Restart and run all');
  press('Undo');
  expect(fixed.restarts).toBe(0);
  expect(shared.cells[0]?.source).toBe('seed(1)\ndraw()');
  expect(problems).toEqual(Array(2).fill('fixed.ipynb was closed after the fix was applied: open it first.'));
});

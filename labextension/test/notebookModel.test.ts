import assert from 'node:assert/strict';
import { Signal } from '@lumino/signaling';
import { afterEach, beforeEach, test, vi } from 'vitest';
import { Jobs } from '../src/jobs';
import { NotebookModel } from '../src/notebookModel';
import { Problem } from '../src/problem';
import type { IJobEvent, ILive, INotebookEvent } from '../src/tokens';
import { executionOf, FakeClient, FakeNotebook, jobOf, liveOf, reasonOf, reportOf, settle } from './fakes';

let client: FakeClient;
let model: NotebookModel;
let notebook: FakeNotebook;
let events: Signal<unknown, INotebookEvent>;
let jobs: Jobs;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  client = new FakeClient();
  notebook = new FakeNotebook();
  events = new Signal<unknown, INotebookEvent>({});
  jobs = new Jobs(client, new Signal<unknown, IJobEvent>({}));
  model = new NotebookModel(client, jobs, events, notebook);
  notebook.changed.emit('cells');
});

afterEach(() => {
  model.dispose();
  vi.useRealTimers();
});

async function wait(milliseconds: number): Promise<void> {
  vi.advanceTimersByTime(milliseconds);
  await settle();
}

/** Answer the questions that an opened notebook asks. */
async function tell(live: ILive, ...known: unknown[]): Promise<void> {
  await wait(200);
  client.last('live').answer(live);
  await settle();
  if (client.count('jobs') > 0) {
    client.last('jobs').answer(known);
    await settle();
  }
}

// Read through functions, because the compiler takes a property that was null once for null ever after.
const live = (): ILive | null => model.live;
const problem = (): Problem | null => model.problem;

test('a hidden notebook is asked about when it is shown', async () => {
  notebook.isVisible = false;
  notebook.changed.emit('visible');
  notebook.changed.emit('executed');
  await wait(10_000);
  assert.equal(client.count('live'), 0);
  notebook.isVisible = true;
  notebook.changed.emit('visible');
  await wait(200);
  assert.equal(client.count('live'), 1);
});

test('a burst of executions asks once', async () => {
  for (let i = 0; i < 30; i++) {
    notebook.changed.emit('executed');
    notebook.changed.emit('kernel');
  }
  await wait(200);
  assert.equal(client.count('live'), 1);
});

test('the answer is shown, and the next question waits for it', async () => {
  await wait(200);
  notebook.changed.emit('executed');
  await wait(5000);
  assert.equal(client.count('live'), 1);
  const answer = liveOf('a.ipynb');
  client.last('live').answer(answer);
  await settle();
  assert.equal(live(), answer);
  client.last('jobs').answer([]);
  await settle();
  await wait(200);
  assert.equal(client.count('live'), 2);
});

test('an answer under the name before a rename is dropped, and asked anew', async () => {
  await wait(200);
  notebook.path = 'after.ipynb';
  notebook.changed.emit('path');
  client.last('live a.ipynb').answer(liveOf('a.ipynb'));
  await wait(0);
  assert.equal(live(), null);
  await wait(200);
  client.last('live after.ipynb');
});

test('a problem is kept until an answer comes', async () => {
  await wait(200);
  client.last('live').fail(new Problem('server', 'torn', 500));
  await settle();
  client.last('jobs').answer([]);
  await settle();
  assert.equal(problem()?.status, 500);
  notebook.changed.emit('saved');
  await wait(200);
  client.last('live').answer(liveOf('a.ipynb'));
  await settle();
  assert.equal(problem(), null);
});

test('without the server extension it is asked again only when the notebook is shown again', async () => {
  await wait(200);
  client.last('live').fail(new Problem('missing', '', 404));
  await settle();
  notebook.changed.emit('executed');
  await wait(10_000);
  assert.deepEqual(client.log, ['live a.ipynb']);
  notebook.changed.emit('visible');
  await wait(200);
  assert.equal(client.count('live'), 2);
});

test('typing asks once, when it has paused, and not where it came to nothing', async () => {
  await tell(liveOf('a.ipynb'));
  for (let source = 12; source < 40; source++) {
    notebook.cells = [{ id: 'one', count: 1, source }];
    notebook.changed.emit('edited');
    await wait(100);
  }
  assert.equal(client.count('live'), 1);
  notebook.cells = [{ id: 'one', count: 1, source: 11 }];
  notebook.changed.emit('edited');
  await wait(5000);
  assert.equal(client.count('live'), 1);
  notebook.cells = [{ id: 'one', count: 1, source: 40 }];
  notebook.changed.emit('edited');
  await wait(700);
  await wait(200);
  assert.equal(client.count('live'), 2);
});

test('an event about this notebook asks, one about another does not', async () => {
  await tell(liveOf('a.ipynb'));
  events.emit({ path: 'b.ipynb', changed: 'recording' });
  await wait(1000);
  assert.equal(client.count('live'), 1);
  events.emit({ path: 'a.ipynb', changed: 'recording' });
  await wait(200);
  assert.equal(client.count('live'), 2);
});

test('before a check the strong reasons decide', async () => {
  await tell(liveOf('a.ipynb', { reasons: [reasonOf({ weak: true })] }));
  assert.deepEqual(model.verdict, { state: 'not-checked', reasons: 0 });
  notebook.changed.emit('executed');
  await tell(liveOf('a.ipynb', { reasons: [reasonOf(), reasonOf({ weak: true })] }));
  assert.deepEqual(model.verdict, { state: 'would-not-reproduce', reasons: 1 });
});

test('after a check what it found decides, until something changes', async () => {
  const report = reportOf([{ verdict: 'identical' }]);
  const cells = [{ id: 'one', source: 11 }];
  const checked = jobOf('old', 'finished', { report, cells });
  await tell(liveOf('a.ipynb', { reasons: [reasonOf()] }), jobOf('old', 'finished'));
  client.last('job old').answer(checked);
  await settle();
  assert.deepEqual(model.verdict, { state: 'reproduces', reasons: 0 });

  notebook.cells = [{ id: 'one', count: 1, source: 12 }];
  assert.equal(model.verdict.state, 'changed');
  notebook.cells = [{ id: 'one', count: 2, source: 11 }];
  assert.equal(model.verdict.state, 'reproduces');

  notebook.changed.emit('executed');
  const later = executionOf(2, 'one', { started: '2026-01-01T12:00:01Z' });
  await tell(liveOf('a.ipynb', { executions: [later] }));
  assert.equal(model.verdict.state, 'changed');
});

test('what the server knows to be outdated is so after a reload too', async () => {
  const report = reportOf([{ verdict: 'identical' }]);
  await tell(liveOf('a.ipynb'), jobOf('old', 'finished'));
  client.last('job old').answer(jobOf('old', 'finished', { report, outdated: true }));
  await settle();
  assert.equal(model.verdict.state, 'changed');
});

test('nothing is asked of a notebook that another drive keeps', async () => {
  notebook.drive = 's3';
  await wait(200);
  assert.deepEqual(client.log, []);
  assert.equal(problem()?.kind, 'elsewhere');
});

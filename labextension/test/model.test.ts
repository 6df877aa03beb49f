import assert from 'node:assert/strict';
import { afterEach, beforeEach, test, vi } from 'vitest';
import { ReproducibilityModel } from '../src/model';
import { Problem } from '../src/problem';
import type { IJob, ILive } from '../src/tokens';
import { FakeClient, FakeNotebook, jobOf, liveOf, settle } from './fakes';

let client: FakeClient;
let model: ReproducibilityModel;

beforeEach(() => {
  client = new FakeClient();
  model = new ReproducibilityModel(client);
});

afterEach(() => {
  model.dispose();
  vi.useRealTimers();
});

/** A notebook that is followed by an active model, under a clock that stands still. */
function follow(path?: string): FakeNotebook {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const notebook = new FakeNotebook(path);
  model.active = true;
  model.follow(notebook);
  return notebook;
}

/** Let time pass, and all that follows from it happen. */
async function wait(milliseconds: number): Promise<void> {
  vi.advanceTimersByTime(milliseconds);
  await settle();
}

/** Answer the questions that come when a notebook is followed or the panel is shown. */
async function tellChecks(...jobs: unknown[]): Promise<void> {
  await wait(200);
  client.last('live').answer(liveOf('a.ipynb'));
  await settle();
  client.last('checks').answer(jobs);
  await settle();
}

/** Follow a notebook whose newest check the server then tells. */
async function followChecked(...jobs: unknown[]): Promise<FakeNotebook> {
  const notebook = follow();
  await tellChecks(...jobs);
  return notebook;
}

// Read through functions, because the compiler takes a property that was null once for null ever after.
const live = (): ILive | null => model.live;
const job = (): IJob | null => model.check.job;
const problem = (): Problem | null => model.problem;
const checkProblem = (): Problem | null => model.check.problem;

function count(what: string): number {
  return client.log.filter(asked => asked.startsWith(what)).length;
}

test('a hidden panel asks nothing', async () => {
  const notebook = follow();
  model.active = false;
  const before = client.log.length;
  notebook.changed.emit('executed');
  await wait(10_000);
  assert.equal(client.log.length, before);
});

test('a burst of executions asks once', async () => {
  const notebook = follow();
  for (let i = 0; i < 30; i++) {
    notebook.changed.emit('executed');
    notebook.changed.emit('kernel');
  }
  await wait(200);
  assert.equal(count('live'), 1);
});

test('the answer is shown, and the next question waits for it', async () => {
  const notebook = follow();
  await wait(200);
  notebook.changed.emit('executed');
  await wait(5000);
  assert.equal(count('live'), 1);
  const answer = liveOf('a.ipynb');
  client.last('live').answer(answer);
  await settle();
  assert.equal(live(), answer);
  await wait(200);
  assert.equal(count('live'), 2);
});

test('an answer about the notebook before is dropped', async () => {
  const before = follow('before.ipynb');
  await wait(200);
  client.last('live before.ipynb').answer(liveOf('before.ipynb'));
  await settle();
  before.changed.emit('executed');
  await wait(200);
  const late = client.last('live before.ipynb');
  const lateChecks = client.last('checks before.ipynb');
  model.follow(new FakeNotebook('after.ipynb'));
  assert.equal(before.isDisposed, true);
  late.answer(liveOf('before.ipynb'));
  lateChecks.answer([jobOf('old')]);
  await settle();
  assert.equal(live(), null);
  assert.equal(job(), null);
  await wait(200);
  client.last('live after.ipynb').answer(liveOf('after.ipynb'));
  await settle();
  assert.equal(live()?.path, 'after.ipynb');
});

test('an answer under the name before a rename is dropped, and asked anew', async () => {
  const notebook = follow('before.ipynb');
  await wait(200);
  notebook.path = 'after.ipynb';
  notebook.changed.emit('path');
  client.last('live before.ipynb').answer(liveOf('before.ipynb'));
  await wait(0);
  assert.equal(live(), null);
  await wait(200);
  client.last('live after.ipynb');
});

test('a problem is kept until an answer comes', async () => {
  const notebook = follow();
  await wait(200);
  client.last('live').fail(new Problem('server', 'torn', 500));
  await settle();
  assert.equal(problem()?.status, 500);
  notebook.changed.emit('saved');
  await wait(200);
  client.last('live').answer(liveOf('a.ipynb'));
  await settle();
  assert.equal(problem(), null);
});

test('without the server extension it is asked again only when the panel is shown again', async () => {
  const notebook = follow();
  await wait(200);
  client.last('live').fail(new Problem('missing', '', 404));
  await settle();
  notebook.changed.emit('executed');
  await wait(10_000);
  assert.deepEqual(client.log, ['live a.ipynb']);
  model.active = false;
  model.active = true;
  await wait(200);
  assert.equal(count('live'), 2);
});

test('a starting kernel is asked about again by itself', async () => {
  follow();
  await wait(200);
  client.last('live').answer(liveOf('a.ipynb', 'starting'));
  await settle();
  await wait(1000);
  await wait(200);
  assert.equal(count('live'), 2);
  client.last('live').answer(liveOf('a.ipynb'));
  await settle();
  await wait(10_000);
  assert.equal(count('live'), 2);
});

test('a check is started after the notebook was saved', async () => {
  const notebook = await followChecked();
  let saved: () => void = () => undefined;
  notebook.saving = () => new Promise(resolve => (saved = resolve));
  void model.startCheck();
  await settle();
  assert.equal(model.check.pending, 'start');
  assert.equal(count('start'), 0);
  saved();
  await settle();
  client.last('start a.ipynb').answer(jobOf('new'));
  await settle();
  assert.equal(model.check.pending, null);
  assert.equal(job()?.id, 'new');
});

test('a notebook that cannot be saved is not checked', async () => {
  const notebook = await followChecked();
  notebook.saving = () => Promise.reject(new Problem('unsaved', 'disk full'));
  await model.startCheck();
  assert.equal(count('start'), 0);
  assert.equal(checkProblem()?.kind, 'unsaved');
  assert.equal(model.check.pending, null);
});

test('a running check is found again, polled until it ends, and then left alone', async () => {
  await followChecked(jobOf('new'), jobOf('old', 'finished'));
  assert.equal(job()?.id, 'new');
  for (const state of ['running', 'finished'] as const) {
    await wait(499);
    const before = count('check new');
    await wait(1);
    assert.equal(count('check new'), before + 1);
    // No second question while the first is unanswered.
    await wait(5000);
    assert.equal(count('check new'), before + 1);
    client.last('check new').answer(jobOf('new', state));
    await settle();
  }
  assert.equal(job()?.state, 'finished');
  await wait(60_000);
  assert.equal(count('check new'), 2);
});

test('a question under way cannot undo a cancellation', async () => {
  await followChecked(jobOf('new'));
  await wait(500);
  const late = client.last('check new');
  void model.cancelCheck();
  client.last('cancel new').answer(jobOf('new', 'cancelled'));
  await settle();
  late.answer(jobOf('new'));
  await settle();
  assert.equal(job()?.state, 'cancelled');
  await wait(60_000);
  assert.equal(count('check new'), 1);
});

test('a check that the server has forgotten is said to be lost', async () => {
  await followChecked(jobOf('new'));
  await wait(500);
  client.last('check new').fail(new Problem('server', 'There is no such check.', 404));
  await settle();
  assert.equal(job(), null);
  assert.equal(checkProblem()?.kind, 'lost');
});

test('a server that cannot be reached for a while does not end the polling', async () => {
  await followChecked(jobOf('new'));
  await wait(500);
  client.last('check new').fail(new Problem('unreachable'));
  await settle();
  assert.equal(job()?.state, 'running');
  await wait(2999);
  assert.equal(count('check new'), 1);
  await wait(1);
  client.last('check new').answer(jobOf('new', 'finished'));
  await settle();
  assert.equal(checkProblem(), null);
  assert.equal(job()?.state, 'finished');
});

test('polling pauses while the panel is hidden, and ends with the model', async () => {
  await followChecked(jobOf('new'));
  model.active = false;
  await wait(5000);
  assert.equal(count('check new'), 0);
  model.active = true;
  await tellChecks(jobOf('new'));
  await wait(500);
  assert.equal(count('check new'), 1);
  model.dispose();
  client.last('check new').answer(jobOf('new'));
  await settle();
  await wait(5000);
  assert.equal(count('check new'), 1);
});

test('a check is outdated once cells run after it', async () => {
  const notebook = await followChecked(jobOf('new', 'finished'));
  notebook.changed.emit('saved');
  assert.equal(model.check.outdated, false);
  notebook.changed.emit('executed');
  assert.equal(model.check.outdated, true);
  void model.startCheck();
  assert.equal(model.check.outdated, false);
});

import assert from 'node:assert/strict';
import { Signal } from '@lumino/signaling';
import { afterEach, beforeEach, test, vi } from 'vitest';
import { Jobs } from '../src/jobs';
import { Problem } from '../src/problem';
import type { IJobEvent } from '../src/tokens';
import { FakeClient, FakeNotebook, jobOf, reportOf, settle } from './fakes';

let client: FakeClient;
let events: Signal<unknown, IJobEvent>;
let jobs: Jobs;
let notebook: FakeNotebook;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  client = new FakeClient();
  events = new Signal<unknown, IJobEvent>({});
  jobs = new Jobs(client, events);
  notebook = new FakeNotebook();
});

afterEach(() => vi.useRealTimers());

async function started(id = 'new'): Promise<void> {
  void jobs.start('check', notebook);
  await settle();
  client.last('start check').answer(jobOf(id));
  await settle();
}

function tell(id: string, more: Partial<IJobEvent> = {}): void {
  const { kind, path, state, ahead, phase, done, total, message } = jobOf(id);
  events.emit({ id, kind, path, state, ahead, phase, done, total, message, ...more });
}

test('a check is started after the notebook was saved', async () => {
  let saved: () => void = () => undefined;
  notebook.saving = () => new Promise(resolve => (saved = resolve));
  void jobs.start('check', notebook);
  await settle();
  assert.equal(jobs.asking('check', 'a.ipynb').pending, 'start');
  assert.equal(client.count('start'), 0);
  saved();
  await settle();
  client.last('start check a.ipynb').answer(jobOf('new'));
  await settle();
  assert.equal(jobs.asking('check', 'a.ipynb').pending, null);
  assert.equal(jobs.newest('check', 'a.ipynb')?.id, 'new');
});

test('a notebook that cannot be saved is not checked', async () => {
  notebook.saving = () => Promise.reject(new Problem('unsaved', 'disk full'));
  await jobs.start('check', notebook);
  assert.equal(client.count('start'), 0);
  assert.deepEqual(jobs.asking('check', 'a.ipynb'), {
    pending: null,
    problem: new Problem('unsaved', 'disk full')
  });
});

test('what is under way is not started twice', async () => {
  await started();
  await jobs.start('check', notebook);
  assert.equal(client.count('start'), 1);
});

test('events bring a job on, without a question until it has ended', async () => {
  await started();
  tell('new', { done: 2 });
  assert.equal(jobs.newest('check', 'a.ipynb')?.done, 2);
  assert.equal(client.count('job'), 0);
  tell('new', { state: 'finished' });
  client.last('job new').answer(jobOf('new', 'finished', { report: reportOf([]) }));
  await settle();
  assert.equal(jobs.newest('check', 'a.ipynb')?.report?.runs, 1);
});

test('a job that was started elsewhere is known by its first event', async () => {
  tell('other', { path: 'b.ipynb' });
  client.last('job other').answer(jobOf('other', 'running', { path: 'b.ipynb' }));
  await settle();
  assert.equal(jobs.newest('check', 'b.ipynb')?.id, 'other');
});

test('jobs of before this page are found once, the newest with what it found', async () => {
  void jobs.find();
  void jobs.find();
  client
    .last('jobs')
    .answer([jobOf('new', 'finished'), jobOf('old', 'finished'), jobOf('run', 'running', { path: 'b' })]);
  await settle();
  assert.deepEqual(client.log, ['jobs ', 'job new']);
  client.last('job new').answer(jobOf('new', 'finished', { report: reportOf([]) }));
  await settle();
  assert.ok(jobs.newest('check', 'a.ipynb')?.report);
  assert.equal(jobs.all.length, 3);
});

test('a late answer cannot undo an end', async () => {
  await started();
  void jobs.cancel(jobOf('new'));
  client.last('cancel new').answer(jobOf('new', 'cancelled'));
  await settle();
  tell('new', { done: 3 });
  assert.equal(jobs.newest('check', 'a.ipynb')?.state, 'cancelled');
});

test('a job that the server has forgotten is said to be lost', async () => {
  await started();
  tell('new', { state: 'failed' });
  client.last('job new').fail(new Problem('server', 'There is no such job.', 404));
  await settle();
  assert.equal(jobs.newest('check', 'a.ipynb'), null);
  assert.equal(jobs.asking('check', 'a.ipynb').problem?.kind, 'lost');
});

test('a job of which nothing is heard is asked about', async () => {
  await started();
  vi.advanceTimersByTime(29_000);
  tell('new', { done: 2 });
  vi.advanceTimersByTime(29_000);
  assert.equal(client.count('job'), 0);
  vi.advanceTimersByTime(1_000);
  assert.equal(client.count('job new'), 1);
  client.last('job new').answer(jobOf('new', 'finished'));
  await settle();
  vi.advanceTimersByTime(90_000);
  assert.equal(client.count('job new'), 1);
});

test('jobs go along when their notebook is renamed', async () => {
  await started();
  jobs.move('a.ipynb', 'b.ipynb');
  tell('new', { done: 3 });
  assert.equal(jobs.newest('check', 'b.ipynb')?.done, 3);
  assert.equal(jobs.newest('check', 'a.ipynb'), null);
});

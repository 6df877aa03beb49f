import assert from 'node:assert/strict';
import { afterEach, beforeEach, test, vi } from 'vitest';
import { Refresher } from '../src/refresher';
import { settle } from './fakes';

let runs = 0;
let running = 0;
let finish: () => void = () => undefined;
let refresher: Refresher;

function work(): Promise<void> {
  runs++;
  running++;
  assert.equal(running, 1, 'two runs at once');
  return new Promise(resolve => {
    finish = () => {
      running--;
      resolve();
    };
  });
}

afterEach(() => vi.useRealTimers());

beforeEach(() => {
  runs = running = 0;
  refresher = new Refresher(work, 200);
  refresher.active = true;
});

test('a burst of requests makes one run', () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  for (let i = 0; i < 50; i++) {
    refresher.request();
  }
  assert.equal(runs, 0);
  vi.advanceTimersByTime(200);
  assert.equal(runs, 1);
});

test('requests that never pause do not put the run off', () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  for (let i = 0; i < 21; i++) {
    refresher.request();
    vi.advanceTimersByTime(10);
  }
  assert.equal(runs, 1);
});

test('requests during a run make one more after it', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  refresher.request();
  vi.advanceTimersByTime(200);
  refresher.request();
  refresher.request();
  vi.advanceTimersByTime(10_000);
  assert.equal(runs, 1);
  finish();
  await settle();
  vi.advanceTimersByTime(200);
  assert.equal(runs, 2);
  finish();
  await settle();
  vi.advanceTimersByTime(10_000);
  assert.equal(runs, 2);
});

test('a request waits while inactive', () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  refresher.request();
  refresher.active = false;
  refresher.request();
  vi.advanceTimersByTime(10_000);
  assert.equal(runs, 0);
  refresher.active = true;
  vi.advanceTimersByTime(200);
  assert.equal(runs, 1);
});

test('nothing runs after disposal', () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  refresher.request();
  refresher.dispose();
  refresher.request();
  vi.advanceTimersByTime(10_000);
  assert.equal(runs, 0);
});

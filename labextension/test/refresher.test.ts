import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
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

beforeEach(() => {
  runs = running = 0;
  refresher = new Refresher(work, 200);
  refresher.active = true;
});

test('a burst of requests makes one run', t => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  for (let i = 0; i < 50; i++) {
    refresher.request();
  }
  assert.equal(runs, 0);
  t.mock.timers.tick(200);
  assert.equal(runs, 1);
});

test('requests that never pause do not put the run off', t => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  for (let i = 0; i < 21; i++) {
    refresher.request();
    t.mock.timers.tick(10);
  }
  assert.equal(runs, 1);
});

test('requests during a run make one more after it', async t => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  refresher.request();
  t.mock.timers.tick(200);
  refresher.request();
  refresher.request();
  t.mock.timers.tick(10_000);
  assert.equal(runs, 1);
  finish();
  await settle();
  t.mock.timers.tick(200);
  assert.equal(runs, 2);
  finish();
  await settle();
  t.mock.timers.tick(10_000);
  assert.equal(runs, 2);
});

test('a request waits while inactive', t => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  refresher.request();
  refresher.active = false;
  refresher.request();
  t.mock.timers.tick(10_000);
  assert.equal(runs, 0);
  refresher.active = true;
  t.mock.timers.tick(200);
  assert.equal(runs, 1);
});

test('nothing runs after disposal', t => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  refresher.request();
  refresher.dispose();
  refresher.request();
  t.mock.timers.tick(10_000);
  assert.equal(runs, 0);
});

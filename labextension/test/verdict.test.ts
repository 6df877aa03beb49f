import assert from 'node:assert/strict';
import { test } from 'vitest';
import type { ICause } from '../src/tokens';
import { causesOf, isBad, isOutdated, verdictOf } from '../src/verdict';
import { jobOf, reportOf } from './fakes';

const cause: ICause = {
  kind: 'random',
  cell: 0,
  line: 2,
  confidence: 'proven',
  explanation: 'no seed',
  advice: ''
};

test('a cause that several cells show is one reason, and a cell without a cause is one too', () => {
  const report = reportOf([
    { verdict: 'differs', causes: [cause] },
    { verdict: 'differs', causes: [cause, { ...cause, kind: 'clock' }] },
    { verdict: 'failed' },
    { verdict: 'differs', causes: [{ ...cause, line: 3 }], volatile: true }
  ]);
  assert.deepEqual(
    causesOf(report).map(found => [found.cause.kind, found.cells.length]),
    [
      ['random', 2],
      ['clock', 1]
    ]
  );
  const check = { job: null, report, problem: null, pending: null, outdated: false };
  assert.deepEqual(verdictOf(null, check), { state: 'would-not-reproduce', reasons: 3 });
});

test('what is volatile or accepted keeps nothing from reproducing', () => {
  const [differs, volatile, accepted] = reportOf([
    { verdict: 'differs' },
    { verdict: 'differs', volatile: true },
    { verdict: 'differs', accepted: true }
  ]).cells;
  assert.deepEqual(
    [differs, volatile, accepted].map(cell => cell && isBad(cell)),
    [true, false, false]
  );
});

test('accepted outputs are others than those that were checked', () => {
  const cells = new Map([['one', 11]]);
  const job = (accepted: boolean): ReturnType<typeof jobOf> =>
    jobOf('old', 'finished', { report: reportOf([{ accepted }]), cells: [{ id: 'one', source: 11 }] });
  assert.deepEqual([isOutdated(job(false), null, cells), isOutdated(job(true), null, cells)], [false, true]);
});

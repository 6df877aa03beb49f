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

test('a check is outdated where the server or the cells say so', () => {
  const cells = new Map([['one', 11]]);
  const job = (outdated: boolean, source = 11): ReturnType<typeof jobOf> =>
    jobOf('old', 'finished', { outdated, cells: [{ id: 'one', source }] });
  assert.deepEqual(
    [job(false), job(true), job(false, 12)].map(one => isOutdated(one, null, cells)),
    [false, true, true]
  );
});

test('with accepted outputs the notebook is no longer the one that was checked', () => {
  const report = reportOf([{ verdict: 'differs', accepted: true }, { verdict: 'identical' }]);
  const check = { job: null, report, problem: null, pending: null, outdated: false };
  assert.equal(verdictOf(null, check).state, 'changed');
});

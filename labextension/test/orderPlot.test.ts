import assert from 'node:assert/strict';
import { test } from 'vitest';
import { drawn } from '../src/orderPlot';
import { executionOf } from './fakes';

const cells = ['a', 'b', 'c'];

function run(...ids: (string | null)[]): ReturnType<typeof drawn> {
  return drawn(
    ids.map((cell, index) => executionOf(index + 1, cell)),
    cells,
    260
  );
}

test('from left to right as run, from top to bottom as in the notebook', () => {
  const [c, a, b] = run('c', 'a', 'b').points;
  assert.ok(c && a && b);
  assert.ok(c.x < a.x && a.x < b.x);
  assert.ok(a.y < b.y && b.y < c.y);
});

test('what goes back up the notebook is drawn apart', () => {
  assert.equal(run('a', 'b', 'c').back, '');
  assert.equal(run('a', 'c', 'b').back.split('M').length, 2);
});

test('a cell that is gone has a lane of its own below the others', () => {
  assert.equal(run('a', 'b').lane, null);
  const { lane, points, height } = run('a', 'gone', null);
  assert.ok(lane !== null);
  assert.deepEqual(
    points.map(({ y }) => y > lane),
    [false, true, true]
  );
  assert.ok(points.every(({ y }) => y < height));
});

test('any number of executions and cells fits', () => {
  const many = Array.from({ length: 2000 }, (_, index) => executionOf(index + 1, `cell-${index % 500}`));
  const all = Array.from({ length: 500 }, (_, index) => `cell-${index}`);
  const { points, height } = drawn(many, all, 200);
  assert.ok(points.every(({ x, y }) => x >= 0 && x <= 200 && y >= 0 && y <= height));
  assert.ok(height < 300);
  assert.deepEqual(drawn([], [], 260).points, []);
});

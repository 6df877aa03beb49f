import assert from 'node:assert/strict';
import { crc32 as zlib } from 'node:zlib';
import { test } from 'vitest';
import { target } from '../src/components/windowed';
import { crc32 } from '../src/crc';
import { markingsOf } from '../src/markReasons';
import { reasonOf } from './fakes';

test('the CRC-32 of a source is that of its UTF-8', () => {
  for (const text of ['', '123456789', 'x = "é 漢 🎲"\n', 'a'.repeat(10_000)]) {
    assert.equal(crc32(text), zlib(Buffer.from(text)));
  }
});

test('the keys of a list stay within it', () => {
  assert.deepEqual(
    ['ArrowDown', 'ArrowUp', 'PageDown', 'Home', 'End', 'a'].map(key => target(key, 3, 5)),
    [4, 2, 4, 0, 4, null]
  );
  assert.deepEqual([target('ArrowUp', 0, 5), target('ArrowDown', 4, 5)], [0, 4]);
});

test('a cell has each mark once, the gravest first, with every reason for it', () => {
  const markings = markingsOf([
    reasonOf({ text: 'drew' }),
    reasonOf({ text: 'made' }),
    reasonOf({ mark: 'stale', text: 'was edited' }),
    reasonOf({ cell: null }),
    reasonOf({ cell: 'two', mark: null })
  ]);
  assert.deepEqual(
    [...markings],
    [
      [
        'one',
        [
          { mark: 'stale', texts: ['was edited'] },
          { mark: 'unseeded', texts: ['drew', 'made'] }
        ]
      ]
    ]
  );
});

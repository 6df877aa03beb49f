import type { IOutput } from '@jupyterlab/nbformat';
import { describe, expect, test } from 'vitest';
import { alignedLines, folded, wordsOf } from '../src/compare/lines';
import type { IExcerpt } from '../src/compare/lines';
import { pairsOf } from '../src/compare/pairs';
import { drawDifference, share } from '../src/compare/pixels';
import { jsonText, terminalText } from '../src/compare/text';

/** Lines as "old|new", with the state where it is not "same". */
function drawn(old: string | null, next: string | null): string[] {
  return alignedLines(old, next).lines.map(line => {
    const text = `${line.oldNumber === null ? '' : line.old}|${line.newNumber === null ? '' : line.new}`;
    return line.state === 'same' ? text : `${line.state}: ${text}`;
  });
}

/** The words of a line with those in brackets that are marked. */
function words({ before, parts, after }: IExcerpt): string {
  const text = parts.map(part => (part.isChanged ? `[${part.text}]` : part.text)).join('');
  return `${before || ''}${text}${after || ''}`;
}

describe('lines', () => {
  test('equal lines stand side by side, and what came or went has nothing beside it', () => {
    expect(drawn('a\nb\nc\n', 'a\nc\nd\n')).toEqual(['a|a', 'went: b|', 'c|c', 'came: |d']);
  });

  test('changed lines stand side by side', () => {
    expect(drawn('a\nx = 1\nz', 'a\nx = 2\nz')).toEqual(['a|a', 'changed: x = 1|x = 2', 'z|z']);
  });

  test('a changed line stands beside the one that is most like it', () => {
    expect(drawn('x = rand(3)', 'seed(42)\nx = rand(4)')).toEqual([
      'came: |seed(42)',
      'changed: x = rand(3)|x = rand(4)'
    ]);
    expect(drawn('seed(42)\nx = rand(4)\ny', 'x = rand(3)\ny')).toEqual([
      'went: seed(42)|',
      'changed: x = rand(4)|x = rand(3)',
      'y|y'
    ]);
  });

  test('lines are numbered on their own side', () => {
    const numbers = alignedLines('a\nb\nc', 'b\nx\nc').lines.map(line => [line.oldNumber, line.newNumber]);
    expect(numbers).toEqual([
      [1, null],
      [2, 1],
      [null, 2],
      [3, 3]
    ]);
  });

  test('a text that is not there leaves its side empty', () => {
    expect(drawn('a\nb', null)).toEqual(['went: a|', 'went: b|']);
    expect(drawn(null, 'a')).toEqual(['came: |a']);
    expect(drawn('', '')).toEqual([]);
  });

  test('equal lines far from a difference are folded', () => {
    const lines = Array.from({ length: 30 }, (_, index) => String(index));
    const parts = folded(alignedLines(lines.join('\n'), lines.join('\n').replace('15', 'x')).lines);
    expect(parts.map(part => ('lines' in part ? part.lines.length : part.line.state))).toEqual([
      12,
      ...['same', 'same', 'same', 'changed', 'same', 'same', 'same'],
      11
    ]);
  });

  test('a line or two are not worth a fold', () => {
    expect(folded(alignedLines('a\nb', 'a\nb').lines)).toHaveLength(2);
    expect(folded(alignedLines('a\nb\nc', 'a\nb\nc').lines)).toHaveLength(1);
  });

  test('texts that have nothing in common take no time, and are shown line by line', () => {
    const lines = (letter: string): string =>
      Array.from({ length: 20_000 }, (_, n) => `${letter}${n}`).join('\n');
    const started = performance.now();
    const compared = alignedLines(lines('a'), lines('b'));
    expect(performance.now() - started).toBeLessThan(1000);
    expect(compared.isRough).toBe(true);
    expect(compared.lines).toHaveLength(20_000);
    expect(compared.lines[0]).toMatchObject({ state: 'changed', old: 'a0', new: 'b0' });
  });

  test('of a very long text it is said that its end is not compared', () => {
    expect(alignedLines('x'.repeat(2_000_001), 'y').isCut).toBe(true);
    expect(alignedLines('x', 'y').isCut).toBe(false);
  });
});

describe('words', () => {
  test('the words that differ are marked, and a number is one word', () => {
    const { old, new: next } = wordsOf('mean 0.1312 of 344', 'mean 0.8745 of 344');
    expect([words(old), words(next)]).toEqual(['mean [0.1312] of 344', 'mean [0.8745] of 344']);
  });

  test('lines that have hardly a word in common are marked as a whole', () => {
    expect(words(wordsOf('one two three four', 'five six seven four').old)).toBe('[one two three four]');
  });

  test('of a long line the part is shown in which it differs', () => {
    const { old, new: next } = wordsOf(
      `${'x'.repeat(1e6)}a${'x'.repeat(1e6)}`,
      `${'x'.repeat(1e6)}b${'x'.repeat(1e6)}`
    );
    expect(words(old)).toBe(`999920[${'x'.repeat(80)}a${'x'.repeat(80)}]999920`);
    expect(words(next)).toBe(`999920[${'x'.repeat(80)}b${'x'.repeat(80)}]999920`);
  });

  test('a long line that is equal is cut', () => {
    expect(words(wordsOf('x'.repeat(5000), 'x'.repeat(5000)).old).length).toBeLessThan(1100);
  });

  test('no character of two code units is split', () => {
    for (const { parts } of Object.values(wordsOf('😀'.repeat(800), `${'😀'.repeat(799)}😁`))) {
      expect(parts.map(part => part.text).join('')).not.toMatch(/[\ud800-\udbff](?![\udc00-\udfff])/);
      expect(parts.map(part => part.text).join('')).not.toMatch(/(?<![\ud800-\udbff])[\udc00-\udfff]/);
    }
  });
});

describe('text', () => {
  test.each([
    ['\x1b[0;31mKeyError\x1b[0m: x', 'KeyError: x'],
    ['loading 10%\rloading 100%\n', 'loading 100%\n'],
    ['abc\rX', 'Xbc'],
    ['abc\b\bX', 'aXc'],
    ['dos\r\nline', 'dos\nline'],
    ['a\x00b\x07c', 'a␀b␇c'],
    ['user\u202egnp.exe', 'user<U+202E>gnp.exe'],
    ['שלום', 'שלום']
  ])('%j is shown as %j', (text, shown) => expect(terminalText(text)).toBe(shown));

  test('the order of keys does not tell', () => {
    expect(jsonText({ b: [1, { d: 1, c: 2 }], a: null })).toBe(jsonText({ a: null, b: [1, { c: 2, d: 1 }] }));
  });

  test('what is nested without end is not written', () => {
    let deep: unknown = 1;
    for (let depth = 0; depth < 100_000; depth++) {
      deep = [deep];
    }
    expect(jsonText(deep)).toBe('…');
  });
});

const stream = (text: string | string[], name = 'stdout'): IOutput => ({ output_type: 'stream', name, text });
const shown = (data: Record<string, unknown>): IOutput =>
  ({ output_type: 'display_data', metadata: {}, data }) as IOutput;
const pairs = (recorded: IOutput[], rerun: IOutput[]): ReturnType<typeof pairsOf> =>
  pairsOf({ index: 0, recorded, rerun });

describe('pairs', () => {
  test('streams are merged, and paired by their names wherever they stand', () => {
    const found = pairs(
      [stream('a'), stream('warn', 'stderr'), stream(['b\n', 'c'])],
      [stream('warn', 'stderr'), stream('ab\nc')]
    );
    expect(found.map(({ recorded, rerun }) => [recorded?.text, rerun?.text])).toEqual([
      ['ab\nc', 'ab\nc'],
      ['warn', 'warn']
    ]);
  });

  test('everything else is paired by its place, and what is left over stands alone', () => {
    const found = pairs(
      [shown({ 'text/plain': '1' }), stream('a')],
      [shown({ 'text/plain': '2' }), shown({ 'text/plain': '3' })]
    );
    expect(found.map(({ recorded, rerun }) => [recorded?.text ?? null, rerun?.text ?? null])).toEqual([
      ['1', '2'],
      ['a', null],
      [null, '3']
    ]);
  });

  test.each([
    [{ 'image/png': 'iVBO', 'text/plain': 'x' }, 'image', 'data:image/png;base64,iVBO'],
    [
      { 'image/svg+xml': ['<svg>', '</svg>'] },
      'image',
      'data:image/svg+xml;charset=utf-8,%3Csvg%3E%3C%2Fsvg%3E'
    ],
    [{ 'text/html': '<TABLE><tr></tr></TABLE>', 'text/plain': 'x' }, 'table', '<TABLE><tr></tr></TABLE>'],
    [{ 'text/html': '<b>x</b>', 'text/plain': 'x' }, 'html', '<b>x</b>'],
    [{ 'application/json': { a: 1 } }, 'json', '{\n  "a": 1\n}'],
    [{ 'application/vnd.plotly.v1+json': [], 'text/html': 'x' }, 'json', '[]'],
    [{ 'application/vnd.jupyter.widget-view+json': {}, 'text/plain': 'Slider()' }, 'text', 'Slider()'],
    [{ 'application/pdf': 'JVBE' }, 'other', '']
  ])('of %j the richest is shown', (data, kind, text) => {
    expect(pairs([shown(data)], [shown(data)])[0]?.recorded).toMatchObject({ kind, text });
  });

  test('a poorer representation is shown where only it differs', () => {
    const [pair] = pairs(
      [shown({ 'text/html': '<b>x</b>', 'text/plain': '1' })],
      [shown({ 'text/html': '<b>x</b>', 'text/plain': '2' })]
    );
    expect(pair?.recorded?.mime).toBe('text/plain');
  });

  test('a picture that became a line of text is shown as what it was', () => {
    const [pair] = pairs([shown({ 'image/png': 'iVBO', 'text/plain': 'x' })], [shown({ 'text/plain': 'x' })]);
    expect([pair?.recorded?.kind, pair?.rerun?.kind]).toEqual(['image', 'text']);
  });

  test('what cannot be shown is named, and never at length', () => {
    const [pair] = pairs([shown({ [`application/${'x'.repeat(1e6)}`]: '' })], []);
    expect(pair?.unknown[0]).toHaveLength(101);
  });

  test('an error has its name, its value and its traceback', () => {
    const error: IOutput = {
      output_type: 'error',
      ename: 'KeyError',
      evalue: "'a'",
      traceback: ['\x1b[31mone', 'two']
    };
    expect(pairs([error], [])[0]?.recorded).toMatchObject({ kind: 'error', text: "KeyError: 'a'\none\ntwo" });
  });

  test('data that are no base64 cannot leave the address of an image', () => {
    const [pair] = pairs([shown({ 'image/png': 'iV"\n onerror=x()' })], []);
    expect(pair?.recorded?.text).toBe('data:image/png;base64,iVonerror=x');
  });

  test('half a character in an SVG does not raise', () => {
    expect(pairs([shown({ 'image/svg+xml': '<svg>\ud800</svg>' })], [])[0]?.recorded?.kind).toBe('image');
  });

  test('outputs of no known shape are shown as what they are', () => {
    const strange = [
      { output_type: 'stream' },
      { output_type: 'error' },
      { output_type: 'display_data' },
      {}
    ] as IOutput[];
    expect(pairs(strange, strange)).toHaveLength(4);
  });
});

describe('pixels', () => {
  const picture = (...pixels: number[][]): Uint8ClampedArray => new Uint8ClampedArray(pixels.flat());

  test('changed pixels are counted, and drawn darker the further they are apart', () => {
    const white = [255, 255, 255, 255];
    const into = picture(white, white, white);
    const changed = drawDifference(
      picture(white, white, [0, 0, 0, 255]),
      picture(white, [250, 255, 255, 255], [255, 255, 255, 255]),
      into
    );
    expect(changed).toBe(2);
    const green = [into[1], into[5], into[9]].map(Number);
    expect(green[0]).toBeGreaterThan(green[1] ?? 0);
    expect(green[1]).toBeGreaterThan(green[2] ?? 0);
    expect([into[3], into[7], into[11]]).toEqual([255, 255, 255]);
  });

  test('what is see-through on one side only has changed', () => {
    expect(drawDifference(picture([0, 0, 0, 0]), picture([0, 0, 0, 255]), picture([0, 0, 0, 0]))).toBe(1);
  });

  test.each([
    [0, 100, '0'],
    [1, 1e6, '<0.01'],
    [1, 400, '0.25'],
    [61, 1000, '6.1'],
    [99_999, 100_000, '>99.9'],
    [5, 5, '100'],
    [0, 0, '0']
  ])('%d of %d pixels are %s %%', (changed, all, percent) => expect(share(changed, all)).toBe(percent));
});

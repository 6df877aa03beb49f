// @vitest-environment jsdom
import type { IOutput } from '@jupyterlab/nbformat';
import { describe, expect, test } from 'vitest';
import { Outputs } from '../src/compare/outputs';
import { frame, printed, shown, trans } from './examples';
import { click, rendered, texts } from './rendering';

function outputs(recorded: IOutput[], rerun: IOutput[]): Promise<HTMLElement> {
  return rendered(<Outputs outputs={{ index: 0, recorded, rerun }} verdicts={[]} trans={trans} />);
}

describe('outputs', () => {
  test('text has what changed marked on each side', async () => {
    const container = await outputs([printed('mean 0.13\n')], [printed('mean 0.87\n')]);
    expect(texts(container, 'del')).toEqual(['0.13']);
    expect(texts(container, 'ins')).toEqual(['0.87']);
    expect(texts(container, '.jp-Prov-text')).toEqual(['−mean 0.13', '+mean 0.87']);
  });

  test('folded lines come back with a click', async () => {
    const lines = Array.from({ length: 40 }, (_, index) => `line ${index}\n`).join('');
    const container = await outputs([printed(lines)], [printed(lines)]);
    expect(container.textContent).not.toContain('line 20');
    expect(texts(container, '.jp-Prov-folded')).toEqual(['40 equal lines']);
    await click(container, '.jp-Prov-folded button');
    expect(container.textContent).toContain('line 20');
  });

  test('of very many lines some are shown, and more with a click', async () => {
    const lines = (letter: string): string =>
      Array.from({ length: 150 }, (_, n) => `${letter}${n}\n`).join('');
    const container = await outputs([printed(lines('a'))], [printed(lines('b'))]);
    expect(container.querySelectorAll('tbody tr')).toHaveLength(100);
    expect(texts(container, '.jp-Prov-more')).toEqual(['Show more (50 left)']);
    await click(container, '.jp-Prov-more');
    expect(container.querySelectorAll('tbody tr')).toHaveLength(150);
    expect(texts(container, '.jp-Prov-more')).toEqual([]);
  });

  test('tables have what changed marked, and the difference of numbers told', async () => {
    const container = await outputs(
      [shown({ 'text/html': frame(['a'], { x: [1], y: [2] }) })],
      [shown({ 'text/html': frame(['a'], { x: [1.5], y: [2] }) })]
    );
    expect(texts(container, 'del')).toEqual(['1']);
    expect(texts(container, 'ins')).toEqual(['1.5']);
    expect(container.querySelector('td[data-changed="true"]')?.getAttribute('title')).toBe('1 → 1.5 (+0.5)');
    expect(texts(container, 'tbody .jp-Prov-lineSign')).toEqual(['≠', '', '≠', '']);
    expect(texts(container, '.jp-Prov-hint')).toEqual(['1 cell changed']);
  });

  test('tables that say the same show how their HTML differs', async () => {
    const html = frame(['a'], { x: [1] });
    const container = await outputs(
      [shown({ 'text/html': html })],
      [shown({ 'text/html': html.replace('border="1"', 'border="2"') })]
    );
    expect(container.textContent).toContain('Both say the same');
    expect(texts(container, 'ins').join()).toContain('2');
  });

  test('other HTML is shown as text, and says so', async () => {
    const container = await outputs(
      [shown({ 'text/html': '<p>one</p>' })],
      [shown({ 'text/html': '<p>two</p>' })]
    );
    expect(container.textContent).toContain('only its text');
    expect(texts(container, 'ins')).toEqual(['two']);
  });

  test('an output that one side lacks is told of', async () => {
    expect((await outputs([printed('x')], [])).textContent).toContain('The re-run showed no such output.');
    expect((await outputs([], [printed('x')])).textContent).toContain('The record has no such output.');
    expect((await outputs([], [])).textContent).toContain('neither recorded nor re-run');
  });

  test('a widget is named, with the text that stands for it', async () => {
    const widget = shown({
      'application/vnd.jupyter.widget-view+json': { model_id: 'a' },
      'text/plain': 'Slider()'
    });
    const container = await outputs([widget], [widget]);
    expect(container.textContent).toContain('cannot be shown here: application/vnd.jupyter.widget-view+json');
    expect(container.textContent).toContain('Slider()');
  });

  test('a picture that became an error is shown beside nothing, and so is the error', async () => {
    const error: IOutput = { output_type: 'error', ename: 'KeyError', evalue: "'a'", traceback: [] };
    const container = await outputs([shown({ 'image/png': 'iVBO' })], [error]);
    expect(container.querySelectorAll('img')).toHaveLength(1);
    expect(container.textContent).toContain("KeyError: 'a'");
  });
});

describe('images', () => {
  const sources = (container: HTMLElement): (string | null)[] =>
    [...container.querySelectorAll('img')].map(image => image.getAttribute('src'));

  test('that are identical are shown once, and said to be', async () => {
    const container = await outputs([shown({ 'image/png': 'iVBO' })], [shown({ 'image/png': 'iVBO\n' })]);
    expect(sources(container)).toEqual(['data:image/png;base64,iVBO']);
    expect(container.textContent).toContain('identical');
  });

  test('are side by side, one over the other, or a picture of their difference', async () => {
    const container = await outputs([shown({ 'image/png': 'AAAA' })], [shown({ 'image/png': 'BBBB' })]);
    expect(sources(container)).toEqual(['data:image/png;base64,AAAA', 'data:image/png;base64,BBBB']);
    await click(container, 'input[value="slider"]');
    const slider = container.querySelector<HTMLInputElement>('input[type="range"]');
    expect(slider?.getAttribute('aria-valuetext')).toBe('50 % recorded, 50 % re-run');
    expect(sources(container)).toHaveLength(2);
    await click(container, 'input[value="difference"]');
    expect(sources(container)).toEqual([]);
    expect(container.querySelector('canvas')?.getAttribute('aria-label')).toBe('Difference of the images');
  });
});

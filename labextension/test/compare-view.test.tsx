// @vitest-environment jsdom
import { describe, expect, test, vi } from 'vitest';
import { CompareView } from '../src/compare/view';
import type { ICompareProps } from '../src/compare/props';
import type { ICellOutputs } from '../src/tokens';
import { cellOf, printed, propsOf } from './examples';
import { click, rendered, texts } from './rendering';

describe('the view of a check', () => {
  const cells = [cellOf(0, 'identical'), cellOf(1, 'differs'), cellOf(3, 'failed'), cellOf(4, 'equivalent')];
  const shownCells = (container: HTMLElement): (string | undefined)[] =>
    [...container.querySelectorAll<HTMLElement>('[data-cell]')].map(({ dataset }) => dataset.cell);

  test('shows the cells that differ or failed, and the others when asked', async () => {
    const asked: number[] = [];
    const load = (index: number): Promise<ICellOutputs> => {
      asked.push(index);
      return Promise.resolve({ index, recorded: [], rerun: [] });
    };
    const container = await rendered(<CompareView {...propsOf(cells)} load={load} />);
    expect(shownCells(container)).toEqual(['c1', 'c3']);
    expect(asked).toEqual([1, 3]);
    await click(container, 'input[type="checkbox"]');
    expect(shownCells(container)).toEqual(['c0', 'c1', 'c3', 'c4']);
    expect(asked.sort()).toEqual([0, 1, 3, 4]);
  });

  test('comes to a cell, though it is one that did not differ', async () => {
    const scrolled = vi.fn();
    Object.assign(Element.prototype, { scrollIntoView: scrolled });
    const container = await rendered(<CompareView {...propsOf(cells)} shown={{ id: 'c4' }} />);
    expect(scrolled).toHaveBeenCalledTimes(1);
    expect(document.activeElement?.closest('[data-cell]')).toBe(container.querySelector('[data-cell="c4"]'));
  });

  test('says why outputs could not be loaded, and tries again', async () => {
    const load = vi
      .fn<ICompareProps['load']>()
      .mockRejectedValueOnce(new Error('It is gone.'))
      .mockResolvedValue({ index: 1, recorded: [], rerun: [printed('new')] });
    const container = await rendered(<CompareView {...propsOf([cellOf(1, 'differs')])} load={load} />);
    expect(texts(container, '[role="alert"]')[0]).toContain('could not be loaded: It is gone.');
    await click(container, '[role="alert"] button');
    expect(texts(container, '.jp-Prov-text')).toContain('+new');
  });

  test('leads to the cause, if its cell is still there', async () => {
    const differing = cellOf(1, 'differs');
    const cause = {
      kind: 'random',
      line: 2,
      confidence: 'proven',
      explanation: 'no seed',
      advice: ''
    } as const;
    differing.causes = [
      { ...cause, cell: 0 },
      { ...cause, cell: null }
    ];
    const went: string[] = [];
    const container = await rendered(
      <CompareView {...propsOf([cellOf(0, 'identical'), differing])} goTo={id => went.push(id)} />
    );
    expect(container.querySelectorAll('[data-action="go-to-cause"]')).toHaveLength(1);
    expect(container.textContent).toContain('Proven: no seed (cell 1, line 2)');
    await click(container, '[data-action="go-to-cause"]');
    await click(container, '[data-action="go"]');
    expect(went).toEqual(['c0', 'c1']);
  });

  test('accepts the outputs of a cell once, and says so', async () => {
    const accept = vi.fn<(indices: readonly number[]) => Promise<void>>().mockResolvedValue();
    const container = await rendered(<CompareView {...propsOf(cells)} accept={accept} />);
    expect(container.querySelectorAll('[data-action="accept"]')).toHaveLength(1);
    await click(container, '[data-action="accept"]');
    expect(accept.mock.calls).toEqual([[[1]]]);
    expect(container.querySelector('[data-action="accept"]')).toBeNull();
    expect(texts(container, '[role="status"]')).toContain('The new outputs were accepted.');
  });

  test('accepts the outputs of all cells that differ, or says why not', async () => {
    const accept = vi.fn<(indices: readonly number[]) => Promise<void>>();
    accept.mockRejectedValueOnce(new Error('It was edited.')).mockResolvedValue();
    const container = await rendered(
      <CompareView
        {...propsOf([cellOf(0, 'differs'), cellOf(2, 'differs'), cellOf(3, 'failed')])}
        accept={accept}
      />
    );
    await click(container, '[data-action="accept-all"]');
    expect(texts(container, '[role="alert"]')).toEqual(['The new outputs were not accepted: It was edited.']);
    await click(container, '[data-action="accept-all"]');
    expect(accept.mock.calls).toEqual([[[0, 2]], [[0, 2]]]);
    expect(container.querySelectorAll('[role="alert"], [data-action^="accept"]')).toHaveLength(0);
  });

  test('offers nothing that cannot be done now', async () => {
    const container = await rendered(
      <CompareView {...propsOf(cells)} cellNow={() => null} fix={null} accept={null} />
    );
    expect(texts(container, 'button')).toEqual([]);
    expect(container.textContent).toContain('This cell is not in the notebook now.');
  });

  test('says that no cell came out differently', async () => {
    const container = await rendered(<CompareView {...propsOf([cellOf(0, 'identical')])} />);
    expect(container.textContent).toContain('No cell came out differently.');
  });
});

// @vitest-environment jsdom
import { describe, expect, test } from 'vitest';
import { FixPreview } from '../src/fix/preview';
import type { IFix } from '../src/tokens';
import { NO_FIX, trans } from './examples';
import { rendered, texts } from './rendering';

describe('the preview of a fix', () => {
  const preview = (fix: Partial<IFix>, order = ['b', 'a']): Promise<HTMLElement> =>
    rendered(<FixPreview fix={{ ...NO_FIX, ...fix }} order={order} trans={trans} />);

  test('shows what is done and why, with old and new lines marked by a sign', async () => {
    const container = await preview({
      changes: [{ kind: 'random', cell: 'b', sentence: 'a seed comes before the first draw' }],
      cells: [
        { id: 'new', type: 'code', before: null, after: 'import random', tags: [] },
        { id: 'b', type: 'code', before: 'y', after: 'y', tags: ['prov-volatile'] },
        { id: 'a', type: 'code', before: 'x = rand()', after: 'seed(1)\nx = rand()', tags: [] }
      ]
    });
    expect(texts(container, 'li')).toEqual(['Randomness cell 2: a seed comes before the first draw']);
    expect(texts(container, 'section h3')).toEqual(['Cell 1 (new)', 'Cell 2', 'Cell 3']);
    expect(texts(container, '.jp-Prov-unified > div')).toEqual(['+import random', '+seed(1)', ' x = rand()']);
    expect(texts(container, '.jp-Prov-fixTags')).toEqual(['+ tag prov-volatile']);
    expect(container.textContent).toContain(
      'Verified: two clean re-runs of the edited notebook agree (2 runs, 3.0'
    );
  });

  test('tells of cells that are moved', async () => {
    const cells = ['a', 'b'].map(id => ({ id, type: 'code', before: id, after: id, tags: [] }));
    expect(texts(await preview({ cells }), 'section h3')).toEqual(['Cell 1 (moved, now cell 2)']);
  });

  test('tells of files, which only the command changes', async () => {
    const container = await preview({
      notebook: "work/it's.ipynb",
      files: [{ path: 'requirements.txt', diff: ['@@ -1 +1 @@', '-numpy', '+numpy==2.1.0'] }]
    });
    expect(texts(container, 'code')).toEqual(["jupyter prov fix --write 'it'\\''s.ipynb'"]);
    expect(
      [...container.querySelectorAll<HTMLElement>('details [data-side]')].map(line => line.dataset.side)
    ).toEqual(['both', 'old', 'new']);
  });

  test('tells what is left, and what is not verified', async () => {
    const left = await preview({ left: ['a'], said: ['cell 1: the web page changed'] });
    expect(left.textContent).toContain('Nothing here can be fixed by an edit');
    expect(left.textContent).toContain('Cell 1 still differs.');
    expect(left.textContent).toContain('the web page changed');
    const cells = [{ id: 'a', type: 'code', before: 'x', after: 'y', tags: [] }];
    expect((await preview({ cells, verified: false })).textContent).toContain('not verified');
    expect((await preview({ cells, left: ['a'] })).textContent).toContain('but for the cells that are left');
  });

  test('says that there is nothing to fix', async () => {
    expect((await preview({})).textContent).toMatch(/^There is nothing to fix/);
  });
});

// @vitest-environment jsdom
import type { IOutput } from '@jupyterlab/nbformat';
import { afterEach, describe, expect, test } from 'vitest';
import { Outputs } from '../src/compare/outputs';
import { CompareView } from '../src/compare/view';
import { FixPreview } from '../src/fix/preview';
import type { IFix } from '../src/tokens';
import { NO_FIX, cellOf, printed, propsOf, reportOf, shown, trans } from './examples';
import { rendered, texts } from './rendering';

afterEach(() => Reflect.deleteProperty(globalThis, 'ran'));

function outputs(recorded: IOutput[], rerun: IOutput[]): Promise<HTMLElement> {
  return rendered(<Outputs outputs={{ index: 0, recorded, rerun }} verdicts={[]} trans={trans} />);
}

const SCRIPT = 'globalThis.ran = true';
const HOSTILE = `<script>${SCRIPT}</script><img src="x" onerror="${SCRIPT}"><a href="javascript:${SCRIPT}">a</a>
  <iframe srcdoc="<script>parent.ran = true</script>"></iframe><svg onload="${SCRIPT}"><script>${SCRIPT}</script></svg>`;
/** What would run if the text of an element were taken for HTML. */
const ESCAPED = HOSTILE.replaceAll('<', '&lt;');
const HOSTILE_TABLE = `<table onclick="${SCRIPT}"><tr><th style="x" onmouseover="${SCRIPT}">${HOSTILE}h</th></tr>
  <tr><td>${HOSTILE}1</td><td>${ESCAPED}</td></tr></table>${HOSTILE}<p>${ESCAPED}</p>`;

/** Nothing in it can run, load or lead anywhere. */
function expectInert(container: HTMLElement): void {
  expect(Reflect.get(globalThis, 'ran')).toBeUndefined();
  expect(container.querySelectorAll('script, iframe, object, embed, svg, a, link, style')).toHaveLength(0);
  const attributes = [...container.querySelectorAll('*')].flatMap(element => [...element.attributes]);
  expect(attributes.filter(({ name }) => name.startsWith('on') || name === 'srcdoc')).toEqual([]);
  expect(attributes.filter(({ name, value }) => name === 'src' && !value.startsWith('data:image/'))).toEqual(
    []
  );
  expect(attributes.filter(({ value }) => value.toLowerCase().startsWith('javascript:'))).toEqual([]);
}

describe('hostile outputs', () => {
  const all = (number: number): IOutput[] => [
    printed(`${HOSTILE} ${number}`),
    { output_type: 'error', ename: HOSTILE, evalue: `${HOSTILE} ${number}`, traceback: [HOSTILE] },
    shown({ 'text/html': `${HOSTILE}<p>${number}</p>` }),
    shown({ 'text/html': `${HOSTILE_TABLE}<table><tr><td>${number}</td></tr></table>` }),
    shown({
      'image/svg+xml': `<svg xmlns="http://www.w3.org/2000/svg" onload="${SCRIPT}">${HOSTILE}${number}</svg>`
    }),
    shown({ 'image/png': `"><script>${SCRIPT}</script>${number}` }),
    shown({ 'text/markdown': `${HOSTILE} ${number}` }),
    shown({ 'application/javascript': SCRIPT, 'text/plain': `${HOSTILE} ${number}` }),
    shown({ 'application/json': { [HOSTILE]: [HOSTILE, number] } }),
    shown({ [HOSTILE]: HOSTILE })
  ];

  test('are shown inert where they differ, and where they do not', async () => {
    const differing = await outputs(all(1), all(2));
    expect(differing.querySelectorAll('.jp-Prov-pair')).toHaveLength(10);
    expectInert(differing);
    expectInert(await outputs(all(1), all(1)));
    expectInert(await outputs(all(1), []));
  });

  test('of a megabyte do not fill the page', async () => {
    const container = await outputs(
      [
        printed('x'.repeat(1e6)),
        shown({ 'text/html': `<table><tr><td>${'y'.repeat(1e6)}</td></tr></table>` })
      ],
      [
        printed('z'.repeat(1e6)),
        shown({ 'text/html': `<table><tr><td>${'w'.repeat(1e6)}</td></tr></table>` })
      ]
    );
    expect(container.innerHTML.length).toBeLessThan(20_000);
  });

  test('in other scripts turn nothing around them', async () => {
    const container = await outputs([printed('\u202eשלום')], [printed('x')]);
    expect(texts(container, 'bdi')).toEqual(['<U+202E>שלום', 'x']);
  });

  test('and their names and reasons are inert too', async () => {
    const cell = { ...cellOf(0, 'differs'), failure: HOSTILE };
    cell.causes = [
      { kind: HOSTILE, cell: null, line: null, confidence: 'proven', explanation: HOSTILE, advice: HOSTILE }
    ];
    const view = await rendered(
      <CompareView
        {...propsOf([cell])}
        report={{ ...reportOf([cell]), notebook: HOSTILE }}
        cellNow={() => ({ position: 1, source: HOSTILE })}
        load={() => Promise.reject(new Error(HOSTILE))}
      />
    );
    expectInert(view);
    const hostile: IFix = {
      ...NO_FIX,
      notebook: HOSTILE,
      changes: [{ kind: HOSTILE, cell: 'a', sentence: HOSTILE }],
      cells: [{ id: 'a', type: 'code', before: HOSTILE, after: `${HOSTILE}\n`, tags: [HOSTILE] }],
      files: [{ path: HOSTILE, diff: [HOSTILE, `+${HOSTILE}`] }],
      said: [HOSTILE]
    };
    expectInert(await rendered(<FixPreview fix={hostile} order={['a']} trans={trans} />));
  });
});

/** Outputs, reports and fixes that the tests show. */

import type { IOutput } from '@jupyterlab/nbformat';
import { nullTranslator } from '@jupyterlab/translation';
import type { ICompareProps } from '../src/compare/props';
import type { CellVerdict, ICellReport, IFix, IReport } from '../src/tokens';

export const trans = nullTranslator.load('jupyter-prov');

export const shown = (data: Record<string, unknown>): IOutput =>
  ({ output_type: 'display_data', metadata: {}, data }) as IOutput;
export const printed = (text: string): IOutput => ({ output_type: 'stream', name: 'stdout', text });

/** A table as pandas writes it. */
export function frame(columns: string[], rows: Record<string, unknown[]>): string {
  const head = ['', ...columns].map(name => `<th>${name}</th>`).join('');
  const body = Object.entries(rows).map(
    ([label, cells]) => `<tr><th>${label}</th>${cells.map(cell => `<td>${String(cell)}</td>`).join('')}</tr>`
  );
  return `<div><style scoped>.dataframe {}</style><table border="1" class="dataframe">
    <thead><tr style="text-align: right;">${head}</tr></thead><tbody>${body.join('')}</tbody></table></div>`;
}

export function cellOf(index: number, verdict: CellVerdict): ICellReport {
  return { index, id: `c${index}`, verdict, outputs: [], causes: [] };
}

export function reportOf(cells: ICellReport[]): IReport {
  return {
    notebook: 'a.ipynb',
    verdict: 'not-reproduced',
    environment: { source: 'recorded', python: '3.11', packages: 1, missing: [], changed: [] },
    inputs: [],
    counts: { identical: 0, equivalent: 0, differs: 1, failed: 0, unrecorded: 0, skipped: 0 },
    cells,
    blind_spots: [],
    runs: 1,
    seconds: 1
  };
}

export function propsOf(cells: ICellReport[]): ICompareProps {
  return {
    report: reportOf(cells),
    cellNow: id => ({ position: Number(id.slice(1)) + 1, source: `source of ${id}` }),
    load: index => Promise.resolve({ index, recorded: [printed('1')], rerun: [printed('2')] }),
    goTo: () => undefined,
    fix: () => undefined,
    accept: () => Promise.resolve(),
    trans
  };
}

export const NO_FIX: IFix = {
  notebook: 'work/a.ipynb',
  verified: true,
  changes: [],
  cells: [{ id: 'a', type: 'code', before: 'x = rand()', after: 'x = rand()', tags: [] }],
  files: [],
  left: [],
  said: [],
  runs: 2,
  seconds: 3
};

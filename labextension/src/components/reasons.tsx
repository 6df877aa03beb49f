/** What speaks against reproducing, each with what mends it: as the check proved it, or as the session shows it. */

import type { TranslationBundle } from '@jupyterlab/translation';
import type { JSX } from 'react';
import type { INotebookModel, IReason } from '../tokens';
import { causesOf } from '../verdict';
import * as words from '../words';
import type { IActions } from './actions';
import { Fold, Go, Paged } from './fold';
import type { IPlaces } from './places';

/** How many are shown at first: they stand above everything else. */
const PAGE = 6;

interface IReasonsProps {
  model: INotebookModel;
  places: IPlaces;
  actions: IActions;
  trans: TranslationBundle;
}

/** One line, wherever it comes from. */
interface ILine {
  kind: string;
  text: string;
  cell: string | null;
  line: number | null;
  fix: IReason['fix'];
  weak: boolean;
}

export function Reasons({ model, places, actions, trans }: IReasonsProps): JSX.Element | null {
  const lines = linesOf(model);
  if (lines.length === 0) {
    return null;
  }
  return (
    <Fold name="reasons" title={trans.__('What to do')} note={lines.length} open>
      <Paged items={lines} trans={trans} page={PAGE}>
        {(line, index) => <Reason key={index} line={line} places={places} actions={actions} trans={trans} />}
      </Paged>
    </Fold>
  );
}

/** The causes of a check that still holds; else the reasons that the session gives, the strong ones first. */
function linesOf({ check, live }: INotebookModel): ILine[] {
  const { report, outdated } = check;
  if (report && !outdated) {
    return causesOf(report).map(({ cause }) => ({
      kind: cause.kind,
      text: cause.explanation,
      cell: report.cells.find(({ index }) => index === cause.cell)?.id ?? null,
      line: cause.line,
      fix: 'fix',
      weak: false
    }));
  }
  const reasons = live?.reasons ?? [];
  return [...reasons.filter(({ weak }) => !weak), ...reasons.filter(({ weak }) => weak)];
}

interface IReasonProps extends Omit<IReasonsProps, 'model'> {
  line: ILine;
}

function Reason({ line, places, actions, trans }: IReasonProps): JSX.Element {
  const place = places.ofId(line.cell);
  const { cell, fix } = line;
  return (
    <li className="jp-Prov-reason" data-kind={line.kind} data-weak={line.weak} data-cell={cell ?? ''}>
      <span className="jp-Prov-reasonText">
        <bdi>{line.text}</bdi>{' '}
        {place && (
          <Go go={place.go} className="jp-Prov-link">
            {words.place(trans, place.position, line.line)}
          </Go>
        )}
      </span>
      {fix === 'run' && cell !== null && place && (
        <button
          type="button"
          className="jp-Prov-reasonFix jp-mod-styled jp-mod-minimal"
          onClick={() => actions.run(cell)}
        >
          {trans.__('Run cell')}
        </button>
      )}
      {fix === 'fix' && (
        <button
          type="button"
          className="jp-Prov-reasonFix jp-mod-styled jp-mod-minimal"
          onClick={actions.fix}
        >
          {trans.__('Fix…')}
        </button>
      )}
    </li>
  );
}

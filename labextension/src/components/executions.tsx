/** The executions of the session, in the order in which they happened. */

import type { TranslationBundle } from '@jupyterlab/translation';
import type { JSX } from 'react';
import type { IExecution } from '../tokens';
import * as words from '../words';
import { Fold, Go, Paged, Sign } from './fold';
import type { IPlaces } from './places';

interface IExecutionsProps {
  executions: readonly IExecution[];
  places: IPlaces;
  trans: TranslationBundle;
}

export function Executions({ executions, places, trans }: IExecutionsProps): JSX.Element {
  return (
    <Fold name="executions" title={trans.__('Executions')} note={executions.length || ''} open>
      {executions.length === 0 ? (
        <p className="jp-Prov-empty">{trans.__('No cell has run in this session.')}</p>
      ) : (
        <Paged items={executions} trans={trans} from="end">
          {execution => (
            <Execution key={execution.number} execution={execution} places={places} trans={trans} />
          )}
        </Paged>
      )}
    </Fold>
  );
}

interface IExecutionProps {
  execution: IExecution;
  places: IPlaces;
  trans: TranslationBundle;
}

function Execution({ execution, places, trans }: IExecutionProps): JSX.Element {
  const { cell, marks, outcome, source } = execution;
  const place = places.ofId(cell);
  const ending = words.outcomeSign(trans, outcome);
  return (
    <li
      className="jp-Prov-execution"
      data-cell={cell ?? ''}
      data-marks={marks.join(' ')}
      data-outcome={outcome}
    >
      <Go
        go={place?.go ?? null}
        className="jp-Prov-executionRow"
        title={hint(trans, execution, place?.position)}
      >
        <span className="jp-Prov-prompt">[{outcome === 'running' ? '*' : (execution.count ?? ' ')}]</span>
        <span className="jp-Prov-source">{source || trans.__('(empty)')}</span>
        <span className="jp-Prov-time">
          {execution.seconds === null ? '' : words.seconds(execution.seconds)}
        </span>
        {(ending ?? marks.length > 0) && (
          <span className="jp-Prov-marks">
            {ending && <Sign sign={ending} className={`jp-Prov-outcome-${outcome}`} />}
            {marks.map(mark => (
              <Sign key={mark} sign={words.markSign(trans, mark)} className="jp-Prov-mark" />
            ))}
          </span>
        )}
      </Go>
    </li>
  );
}

function hint(trans: TranslationBundle, execution: IExecution, position: number | undefined): string {
  const started = new Date(execution.started).toLocaleTimeString();
  const where =
    position === undefined ? trans.__('no cell of the notebook now') : trans.__('cell %1', position);
  return trans.__('Execution %1, %2, started %3\n%4', execution.number, where, started, execution.source);
}

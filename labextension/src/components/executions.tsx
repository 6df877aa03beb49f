/** The executions of the session, in the order in which they happened. */

import type { TranslationBundle } from '@jupyterlab/translation';
import { memo } from 'react';
import type { JSX } from 'react';
import type { IExecution } from '../tokens';
import * as words from '../words';
import { Go, Sign } from './fold';
import type { IPlaces } from './places';
import { rowAttributes, Windowed } from './windowed';
import type { IRowProps } from './windowed';

interface IExecutionsProps {
  executions: readonly IExecution[];
  places: IPlaces;
  trans: TranslationBundle;
}

export function Executions({ executions, places, trans }: IExecutionsProps): JSX.Element {
  return (
    <Windowed items={executions} label={trans.__('Executions, as they ran')}>
      {(execution, row) => (
        <Execution key={row.slot} {...row} execution={execution} places={places} trans={trans} />
      )}
    </Windowed>
  );
}

interface IExecutionProps extends IRowProps {
  execution: IExecution;
  places: IPlaces;
  trans: TranslationBundle;
}

/** Drawn anew only where something in it is new: scrolling shall not draw what is there. */
const Execution = memo(function Execution({
  execution,
  places,
  trans,
  ...row
}: IExecutionProps): JSX.Element {
  const { cell, marks, outcome, source } = execution;
  const place = places.ofId(cell);
  const ending = words.outcomeSign(trans, outcome);
  return (
    <li
      {...rowAttributes(row)}
      className="jp-Prov-execution"
      data-cell={cell ?? ''}
      data-marks={marks.join(' ')}
      data-outcome={outcome}
    >
      <Go
        go={place?.go ?? null}
        className="jp-Prov-executionRow"
        title={hint(trans, execution, place?.position)}
        tabIndex={row.tabIndex}
      >
        <span className="jp-Prov-prompt">[{outcome === 'running' ? '*' : (execution.count ?? ' ')}]</span>
        <bdi className="jp-Prov-source">{source || trans.__('(empty)')}</bdi>
        <span className="jp-Prov-marks">
          {ending && <Sign sign={ending} className={`jp-Prov-outcome-${outcome}`} isShort />}
          {marks.map(mark => (
            <Sign key={mark} sign={words.markSign(trans, mark)} className="jp-Prov-mark" isShort />
          ))}
        </span>
        <span className="jp-Prov-time">
          {execution.seconds === null ? '' : words.seconds(execution.seconds)}
        </span>
      </Go>
    </li>
  );
});

function hint(trans: TranslationBundle, execution: IExecution, position: number | undefined): string {
  const started = new Date(execution.started).toLocaleTimeString();
  const where =
    position === undefined ? trans.__('no cell of the notebook now') : trans.__('cell %1', position);
  const marks = execution.marks.map(mark => words.markSign(trans, mark).word);
  return [
    trans.__('Execution %1, %2, started %3', execution.number, where, started),
    ...(marks.length > 0 ? [marks.join(', ')] : []),
    execution.source
  ].join('\n');
}

/** What the check found, cell by cell. */

import type { TranslationBundle } from '@jupyterlab/translation';
import type { JSX, MouseEvent } from 'react';
import type { ICause, ICellReport, IOutputVerdict, IReport } from '../tokens';
import * as words from '../words';
import { Fold, Go } from './fold';
import type { IPlaces } from './places';

interface ICellsProps {
  report: IReport;
  places: IPlaces;
  trans: TranslationBundle;
}

export function Cells({ report, places, trans }: ICellsProps): JSX.Element {
  return (
    <Fold name="cells" title={trans.__('Cells')} note={report.cells.length} open>
      {report.cells.length === 0 ? (
        <p className="jp-Prov-empty">{trans.__('The notebook has no code cell.')}</p>
      ) : (
        <ol className="jp-Prov-list">
          {report.cells.map(cell => (
            <Cell key={cell.id} cell={cell} report={report} places={places} trans={trans} />
          ))}
        </ol>
      )}
    </Fold>
  );
}

interface ICellProps extends ICellsProps {
  cell: ICellReport;
}

function Cell({ cell, report, places, trans }: ICellProps): JSX.Element {
  const place = places.ofId(cell.id);
  const sign = words.verdictSign(trans, cell.verdict);
  // The whole row leads to the cell; the keyboard has the button, and selecting text is not a click.
  const onClick = (event: MouseEvent): void => {
    const onButton = event.target instanceof Element && event.target.closest('button') !== null;
    if (!onButton && window.getSelection()?.isCollapsed !== false) {
      place?.go();
    }
  };
  return (
    <li className="jp-Prov-cell" data-cell={cell.id} data-verdict={cell.verdict} onClick={onClick}>
      <Go
        go={place?.go ?? null}
        className="jp-Prov-cellHead"
        title={
          place
            ? trans.__('Go to cell %1', place.position)
            : trans.__('This cell is not in the notebook now.')
        }
      >
        <span className="jp-Prov-symbol" aria-hidden="true">
          {sign.symbol}
        </span>
        <span>{trans.__('Cell %1', place?.position ?? cell.index + 1)}</span>
        <span className="jp-Prov-prompt">[{place?.count ?? ' '}]</span>
        <span className="jp-Prov-cellVerdict">
          {cell.volatile ? trans.__('%1, volatile', sign.word) : sign.word}
        </span>
      </Go>
      {cell.failure && <div className="jp-Prov-output">{cell.failure}</div>}
      {cell.outputs.filter(isTelling).map(output => (
        <Output key={output.index} output={output} trans={trans} />
      ))}
      {cell.causes.map((cause, index) => (
        <Cause key={index} cause={cause} report={report} places={places} trans={trans} />
      ))}
    </li>
  );
}

function isTelling(output: IOutputVerdict): boolean {
  return output.verdict !== 'identical' && (output.summary !== '' || output.noise.length > 0);
}

function Output({ output, trans }: { output: IOutputVerdict; trans: TranslationBundle }): JSX.Element {
  return (
    <div
      className="jp-Prov-output"
      data-verdict={output.verdict}
      title={trans.__('Output %1, %2', output.index + 1, output.mime)}
    >
      {output.summary && <div className="jp-Prov-summary">{output.summary}</div>}
      {output.noise.length > 0 && (
        <div className="jp-Prov-noise">{trans.__('Noise: %1', output.noise.join(', '))}</div>
      )}
    </div>
  );
}

interface ICauseProps extends ICellsProps {
  cause: ICause;
}

function Cause({ cause, report, places, trans }: ICauseProps): JSX.Element {
  const origin = report.cells.find(cell => cell.index === cause.cell);
  const place = origin ? places.ofId(origin.id) : places.ofIndex(cause.cell);
  const where = words.causePlace(
    trans,
    cause,
    place?.position ?? (cause.cell === null ? null : cause.cell + 1)
  );
  return (
    <div className="jp-Prov-cause" data-kind={cause.kind} data-confidence={cause.confidence}>
      <p>
        <span className="jp-Prov-confidence" title={words.confidenceTitle(trans, cause.confidence)}>
          {words.confidence(trans, cause.confidence)}
        </span>{' '}
        {cause.explanation}{' '}
        {where && (
          <span className="jp-Prov-place">
            (
            <Go go={place?.go ?? null} className="jp-Prov-link">
              {where}
            </Go>
            )
          </span>
        )}
      </p>
      {cause.advice && (
        <p className="jp-Prov-advice">
          {trans.__('Advice:')} {isSentence(cause.advice) ? cause.advice : <code>{cause.advice}</code>}
        </p>
      )}
    </div>
  );
}

/** An advice is a sentence or, where it can be, the code that does it. */
function isSentence(advice: string): boolean {
  return advice.endsWith('.');
}

/** What the check found, cell by cell. */

import type { TranslationBundle } from '@jupyterlab/translation';
import type { JSX, MouseEvent } from 'react';
import type { ICause, ICellReport, IOutputVerdict, IReport } from '../tokens';
import * as words from '../words';
import type { IActions } from './actions';
import { Fold, Go } from './fold';
import type { IPlaces } from './places';

interface ICellsProps {
  report: IReport;
  /** Whether the notebook has changed since. */
  outdated: boolean;
  places: IPlaces;
  actions: IActions;
  trans: TranslationBundle;
}

/** Every cell with its verdict; those that differ come with what differs, why, and what can be done. */
export function Cells({ report, outdated, places, actions, trans }: ICellsProps): JSX.Element {
  return (
    <Fold name="cells" title={trans.__('Results')} note={report.cells.length} open>
      {outdated && (
        <p className="jp-Prov-outdated">{trans.__('The notebook has changed since this check.')}</p>
      )}
      {report.cells.length === 0 ? (
        <p className="jp-Prov-empty">{trans.__('The notebook has no code cell.')}</p>
      ) : (
        <ol className="jp-Prov-list">
          {report.cells.map(cell => (
            <Cell
              key={cell.id}
              cell={cell}
              report={report}
              outdated={outdated}
              places={places}
              actions={actions}
              trans={trans}
            />
          ))}
        </ol>
      )}
    </Fold>
  );
}

interface ICellProps extends ICellsProps {
  cell: ICellReport;
}

function Cell({ cell, ...others }: ICellProps): JSX.Element {
  const { places, trans } = others;
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
        <span className="jp-Prov-cellVerdict">{words.cellVerdict(trans, cell)}</span>
      </Go>
      {cell.failure && <div className="jp-Prov-output">{cell.failure}</div>}
      {cell.outputs.filter(isTelling).map(output => (
        <Output key={output.index} output={output} trans={trans} />
      ))}
      {cell.causes.map((cause, index) => (
        <Cause key={index} cause={cause} {...others} />
      ))}
      {(cell.verdict === 'differs' || cell.verdict === 'failed') && <Doing cell={cell} {...others} />}
    </li>
  );
}

/** What can be done about a cell that differs. */
function Doing({ cell, report, outdated, places, actions, trans }: ICellProps): JSX.Element {
  const origin = report.cells.find(({ index }) => index === cell.causes[0]?.cell);
  const cause = places.ofId(origin?.id ?? null);
  return (
    <div className="jp-Prov-doing">
      <button
        type="button"
        className="jp-mod-styled jp-mod-minimal"
        data-action="compare"
        onClick={() => actions.compare(cell.index)}
      >
        {trans.__('Compare')}
      </button>
      {cause && (
        <button type="button" className="jp-mod-styled jp-mod-minimal" data-action="cause" onClick={cause.go}>
          {trans.__('Go to cause')}
        </button>
      )}
      {!cell.accepted && !outdated && (
        <>
          {cell.causes.length > 0 && (
            <button
              type="button"
              className="jp-mod-styled jp-mod-minimal"
              data-action="fix"
              onClick={actions.fix}
            >
              {trans.__('Fix…')}
            </button>
          )}
          {!cell.failure && (
            <button
              type="button"
              className="jp-mod-styled jp-mod-minimal"
              data-action="accept"
              title={trans.__('Make what the re-run showed the outputs of this cell')}
              onClick={() => actions.accept([cell.index])}
            >
              {trans.__('Accept new outputs')}
            </button>
          )}
        </>
      )}
    </div>
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
      {output.summary && (
        <div className="jp-Prov-summary" dir="auto">
          {output.summary}
        </div>
      )}
      {output.noise.length > 0 && (
        <div className="jp-Prov-noise">{trans.__('Noise: %1', output.noise.join(', '))}</div>
      )}
    </div>
  );
}

interface ICauseProps extends Omit<ICellsProps, 'outdated' | 'actions'> {
  cause: ICause;
}

function Cause({ cause, report, places, trans }: ICauseProps): JSX.Element {
  const origin = report.cells.find(cell => cell.index === cause.cell);
  const place = origin ? places.ofId(origin.id) : places.ofIndex(cause.cell);
  const position = place?.position ?? (cause.cell === null ? null : cause.cell + 1);
  const where = position === null ? '' : words.place(trans, position, cause.line);
  return (
    <div className="jp-Prov-cause" data-kind={cause.kind} data-confidence={cause.confidence}>
      <p>
        <span className="jp-Prov-confidence" title={words.confidenceTitle(trans, cause.confidence)}>
          {words.confidence(trans, cause.confidence)}
        </span>{' '}
        <bdi>{cause.explanation}</bdi>{' '}
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

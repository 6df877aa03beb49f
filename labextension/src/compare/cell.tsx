/** One cell of a check: what became of it, why, what can be done, and its outputs. */

import type { TranslationBundle } from '@jupyterlab/translation';
import { useId, useRef } from 'react';
import type { JSX } from 'react';
import type { ICause, ICellReport } from '../tokens';
import * as words from '../words';
import type { IAcceptance } from './acceptance';
import { useLoaded } from './loading';
import { Outputs } from './outputs';
import { visible } from './text';
import type { ICellNow, ICompareProps } from './props';

interface ICellProps extends ICompareProps {
  cell: ICellReport;
  acceptance: IAcceptance;
}

export function CellComparison(props: ICellProps): JSX.Element {
  const { cell, cellNow, load, trans } = props;
  const heading = useId();
  const place = useRef<HTMLDivElement>(null);
  const { loaded, again } = useLoaded(place, () => load(cell.index));
  const now = cellNow(cell.id);
  const sign = words.verdictSign(trans, cell.verdict);
  const verdict = cell.volatile ? trans.__('%1, volatile', sign.word) : sign.word;
  return (
    <section
      className="jp-Prov-compareCell"
      aria-labelledby={heading}
      data-cell={cell.id}
      data-verdict={cell.verdict}
    >
      <h3 id={heading} tabIndex={-1}>
        <span className="jp-Prov-symbol" aria-hidden="true">
          {sign.symbol}
        </span>
        {trans.__('Cell %1: %2', now?.position ?? cell.index + 1, verdict)}
      </h3>
      <Source now={now} trans={trans} />
      {cell.failure && <Foreign text={cell.failure} />}
      {cell.causes.map((cause, index) => (
        <Cause key={index} cause={cause} {...props} />
      ))}
      <Actions {...props} />
      <div className="jp-Prov-compareOutputs" ref={place} aria-busy={loaded.state === 'waiting'}>
        {loaded.state === 'waiting' && <p className="jp-Prov-hint">{trans.__('Loading the outputs …')}</p>}
        {loaded.state === 'loaded' && (
          <Outputs outputs={loaded.outputs} verdicts={cell.outputs} trans={trans} />
        )}
        {loaded.state === 'failed' && <Failed message={loaded.message} again={again} trans={trans} />}
      </div>
    </section>
  );
}

function Source({ now, trans }: { now: ICellNow | null; trans: TranslationBundle }): JSX.Element {
  return now ? (
    <pre className="jp-Prov-compareSource">
      <bdi>{beginning(now.source)}</bdi>
    </pre>
  ) : (
    <p className="jp-Prov-hint">{trans.__('This cell is not in the notebook now.')}</p>
  );
}

function Foreign({ text }: { text: string }): JSX.Element {
  return (
    <p>
      <bdi>{visible(text)}</bdi>
    </p>
  );
}

interface IFailedProps {
  message: string;
  again: () => void;
  trans: TranslationBundle;
}

function Failed({ message, again, trans }: IFailedProps): JSX.Element {
  return (
    <p className="jp-Prov-problem" role="alert">
      {trans.__('The outputs could not be loaded: %1', message)}{' '}
      <button type="button" className="jp-mod-styled" onClick={again}>
        {trans.__('Try again')}
      </button>
    </p>
  );
}

function Cause({ cause, report, cellNow, goTo, trans }: ICellProps & { cause: ICause }): JSX.Element {
  const origin = report.cells.find(({ index }) => index === cause.cell);
  const now = origin ? cellNow(origin.id) : null;
  const position = now?.position ?? (cause.cell === null ? null : cause.cell + 1);
  const where = position === null ? '' : words.place(trans, position, cause.line);
  return (
    <div className="jp-Prov-cause" data-kind={cause.kind} data-confidence={cause.confidence}>
      <p>
        <span className="jp-Prov-confidence" title={words.confidenceTitle(trans, cause.confidence)}>
          {words.confidence(trans, cause.confidence)}
        </span>{' '}
        <bdi>{visible(cause.explanation)}</bdi> {where && `(${where})`}{' '}
        {origin && now && (
          <button
            type="button"
            className="jp-Prov-link jp-Prov-go"
            data-action="go-to-cause"
            onClick={() => goTo(origin.id)}
          >
            {trans.__('Go to cause')}
          </button>
        )}
      </p>
      {cause.advice && (
        <p className="jp-Prov-advice">
          {trans.__('Advice:')} <bdi>{visible(cause.advice)}</bdi>
        </p>
      )}
    </div>
  );
}

function Actions({ cell, cellNow, goTo, fix, accept, acceptance, trans }: ICellProps): JSX.Element {
  const isBad = cell.verdict === 'differs' || cell.verdict === 'failed';
  // What raised has no outputs that anybody wants to keep.
  const canAccept = accept !== null && cell.verdict === 'differs';
  const isAccepted = acceptance.accepted.has(cell.index);
  return (
    <div className="jp-Prov-actions">
      {cellNow(cell.id) && (
        <button type="button" className="jp-mod-styled" data-action="go" onClick={() => goTo(cell.id)}>
          {trans.__('Go to cell')}
        </button>
      )}
      {isBad && fix && (
        <button type="button" className="jp-mod-styled" data-action="fix" onClick={fix}>
          {trans.__('Fix…')}
        </button>
      )}
      {canAccept && !isAccepted && (
        <button
          type="button"
          className="jp-mod-styled"
          data-action="accept"
          disabled={acceptance.isPending}
          title={trans.__('Make what the re-run showed the recorded outputs of this cell')}
          onClick={() => acceptance.take([cell.index])}
        >
          {trans.__('Accept new outputs')}
        </button>
      )}
      <span role="status">{isAccepted && trans.__('The new outputs were accepted.')}</span>
    </div>
  );
}

/** The first lines of a source, as many as tell which cell it is. */
function beginning(source: string): string {
  const lines = source.slice(0, 400).split('\n');
  const isCut = lines.length > 2 || source.length > 400;
  return visible(lines.slice(0, 2).join('\n') + (isCut ? ' …' : ''));
}

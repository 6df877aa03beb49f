/** Two texts side by side, line by line. */

import type { TranslationBundle } from '@jupyterlab/translation';
import { useMemo, useState } from 'react';
import type { JSX } from 'react';
import { Excerpt, More, PAGE } from './line';
import type { Side } from './line';
import { alignedLines, folded, wordsIn } from './lines';
import type { IExcerpt, ILine } from './lines';

interface ITextDiffProps {
  /** null where that side has nothing. */
  recorded: string | null;
  rerun: string | null;
  /** What is compared, for those who do not see it. */
  label: string;
  trans: TranslationBundle;
}

export function TextDiff({ recorded, rerun, label, trans }: ITextDiffProps): JSX.Element {
  const compared = useMemo(() => alignedLines(recorded, rerun), [recorded, rerun]);
  const parts = useMemo(() => folded(compared.lines), [compared]);
  const [limit, setLimit] = useState(PAGE);
  return (
    <>
      <table role="table" className="jp-Prov-diff" aria-label={label}>
        <thead role="rowgroup">
          <tr role="row">
            <LineHeader trans={trans} />
            <th role="columnheader">{trans.__('− Recorded')}</th>
            <LineHeader trans={trans} />
            <th role="columnheader">{trans.__('+ Re-run')}</th>
          </tr>
        </thead>
        {parts.slice(0, limit).map((part, index) =>
          'line' in part ? (
            <tbody key={index} role="rowgroup">
              <Line line={part.line} trans={trans} />
            </tbody>
          ) : (
            <FoldedLines key={index} lines={part.lines} trans={trans} />
          )
        )}
      </table>
      <More hidden={parts.length - limit} show={() => setLimit(limit + 3 * PAGE)} trans={trans} />
      {compared.isRough && (
        <p className="jp-Prov-hint">
          {trans.__('These texts differ too much to be aligned: they are shown line by line.')}
        </p>
      )}
      {compared.isCut && (
        <p className="jp-Prov-hint">
          {trans.__('These texts are too long: what is further down is not compared.')}
        </p>
      )}
    </>
  );
}

function LineHeader({ trans }: { trans: TranslationBundle }): JSX.Element {
  return (
    <th role="columnheader">
      <span className="jp-Prov-unseen">{trans.__('Line')}</span>
    </th>
  );
}

/** A stretch of equal lines that a click brings back. */
function FoldedLines({ lines, trans }: { lines: readonly ILine[]; trans: TranslationBundle }): JSX.Element {
  const [limit, setLimit] = useState(0);
  const rest = lines.length - limit;
  return (
    <tbody role="rowgroup">
      {lines.slice(0, limit).map(line => (
        <Line key={line.newNumber} line={line} trans={trans} />
      ))}
      {rest > 0 && (
        <tr role="row" className="jp-Prov-folded">
          <td role="cell" colSpan={4}>
            <button type="button" className="jp-Prov-more" onClick={() => setLimit(limit + PAGE)}>
              {trans._n('%1 equal line', '%1 equal lines', rest)}
            </button>
          </td>
        </tr>
      )}
    </tbody>
  );
}

function Line({ line, trans }: { line: ILine; trans: TranslationBundle }): JSX.Element {
  const words = useMemo(() => wordsIn(line), [line]);
  const isSame = line.state === 'same';
  return (
    <tr role="row" data-state={line.state}>
      <SideCells number={line.oldNumber} excerpt={words.old} side="old" isSame={isSame} trans={trans} />
      <SideCells number={line.newNumber} excerpt={words.new} side="new" isSame={isSame} trans={trans} />
    </tr>
  );
}

interface ISideProps {
  number: number | null;
  excerpt: IExcerpt;
  side: Side;
  isSame: boolean;
  trans: TranslationBundle;
}

function SideCells({ number, excerpt, side, isSame, trans }: ISideProps): JSX.Element {
  const isMissing = number === null;
  return (
    <>
      <td role="cell" className="jp-Prov-number" data-side={side} data-missing={isMissing}>
        {number}
      </td>
      <td role="cell" className="jp-Prov-text" data-side={side} data-missing={isMissing}>
        {!isMissing && (
          <>
            <span className="jp-Prov-lineSign">{isSame ? '' : side === 'old' ? '−' : '+'}</span>
            <Excerpt excerpt={excerpt} side={side} trans={trans} />
          </>
        )}
      </td>
    </>
  );
}

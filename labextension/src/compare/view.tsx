/** One check: the cells that came out differently, each with what it showed and shows, and why. */

import { useEffect, useRef, useState } from 'react';
import type { JSX } from 'react';
import type { ICellReport } from '../tokens';
import * as words from '../words';
import { useAcceptance } from './acceptance';
import type { IAcceptance } from './acceptance';
import { CellComparison } from './cell';
import type { ICompareProps } from './props';

export function CompareView(props: ICompareProps): JSX.Element {
  const { report, shown, trans } = props;
  const [isAll, setIsAll] = useState(false);
  const acceptance = useAcceptance(props.accept);
  const body = useRef<HTMLDivElement>(null);
  const cells = isAll ? report.cells : report.cells.filter(isBad);
  const isHidden = Boolean(shown) && !cells.some(({ id }) => id === shown?.id);
  useEffect(() => {
    if (isHidden) {
      setIsAll(true);
    } else if (shown) {
      come(body.current, shown.id);
    }
  }, [shown, isHidden]);
  return (
    <div className="jp-Prov-compareBody" ref={body}>
      <Head {...props} isAll={isAll} setIsAll={setIsAll} acceptance={acceptance} />
      {acceptance.failure !== null && (
        <p className="jp-Prov-problem" role="alert">
          {trans.__('The new outputs were not accepted: %1', acceptance.failure)}
        </p>
      )}
      {cells.length === 0 && <p className="jp-Prov-hint">{trans.__('No cell came out differently.')}</p>}
      {cells.map(cell => (
        <CellComparison key={cell.index} cell={cell} acceptance={acceptance} {...props} />
      ))}
    </div>
  );
}

interface IHeadProps extends ICompareProps {
  isAll: boolean;
  setIsAll: (isAll: boolean) => void;
  acceptance: IAcceptance;
}

function Head({ report, accept, isAll, setIsAll, acceptance, trans }: IHeadProps): JSX.Element {
  const rest = report.cells.filter(cell => !isBad(cell)).length;
  const open = report.cells.filter(
    cell => cell.verdict === 'differs' && !acceptance.accepted.has(cell.index)
  );
  return (
    <div className="jp-Prov-compareHead">
      <h2>
        {trans.__('Recorded and re-run outputs of')} <bdi>{report.notebook}</bdi>
      </h2>
      <p>{words.counts(trans, report)}</p>
      {rest > 0 && (
        <label>
          <input type="checkbox" checked={isAll} onChange={event => setIsAll(event.target.checked)} />
          {trans._n('Show %1 other cell too', 'Show %1 other cells too', rest)}
        </label>
      )}
      {accept && open.length > 1 && (
        <button
          type="button"
          className="jp-mod-styled"
          data-action="accept-all"
          disabled={acceptance.isPending}
          onClick={() => acceptance.take(open.map(({ index }) => index))}
        >
          {trans.__('Accept all new outputs')}
        </button>
      )}
    </div>
  );
}

function isBad({ verdict }: ICellReport): boolean {
  return verdict === 'differs' || verdict === 'failed';
}

/** Scroll to a cell, and let the keyboard go on from there. */
function come(body: HTMLElement | null, id: string): void {
  const section = [...(body?.querySelectorAll<HTMLElement>('[data-cell]') ?? [])].find(
    element => element.dataset.cell === id
  );
  section?.scrollIntoView({ block: 'start' });
  section?.querySelector('h3')?.focus({ preventScroll: true });
}

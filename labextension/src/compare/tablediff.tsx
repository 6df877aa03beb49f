/** Two HTML tables side by side, as plain tables of texts. */

import type { TranslationBundle } from '@jupyterlab/translation';
import { useMemo } from 'react';
import type { JSX } from 'react';
import { readHtml } from './html';
import type { IGrid } from './html';
import type { Side } from './line';
import { wordsOf } from './lines';
import { comparedTables, isUnchanged, numberDifference, shownRows } from './tables';
import type { ICompared, IPlaced } from './tables';
import { TextDiff } from './textdiff';

/** How much of a cell is shown. */
const LONGEST_CELL = 300;
const NO_TABLE: IGrid = { head: [], body: [], isCut: false };

interface IHtmlDiffProps {
  /** HTML; null where that side has nothing. */
  recorded: string | null;
  rerun: string | null;
  trans: TranslationBundle;
}

/** The tables of two pieces of HTML, and what else they say; where they say the same, their sources. */
export function HtmlDiff({ recorded, rerun, trans }: IHtmlDiffProps): JSX.Element {
  const [old, next] = useMemo(() => [readHtml(recorded ?? ''), readHtml(rerun ?? '')], [recorded, rerun]);
  const tables = useMemo(
    () =>
      Array.from({ length: Math.max(old.tables.length, next.tables.length) }, (_, index) => {
        const [one, other] = [old.tables[index] ?? NO_TABLE, next.tables[index] ?? NO_TABLE];
        return { one, other, compared: comparedTables(one, other) };
      }),
    [old, next]
  );
  const isSame = old.text === next.text && tables.every(({ compared }) => isUnchanged(compared));
  const onlySources = isSame && recorded !== null && rerun !== null && recorded !== rerun;
  return (
    <>
      {tables.map((table, index) => (
        <TablePair key={index} {...table} trans={trans} />
      ))}
      {(old.text !== next.text || tables.length === 0) && !onlySources && (
        <>
          <p className="jp-Prov-hint">{trans.__('This is HTML: only its text is shown.')}</p>
          <TextDiff
            recorded={recorded === null ? null : old.text}
            rerun={rerun === null ? null : next.text}
            label={trans.__('Text of the HTML')}
            trans={trans}
          />
        </>
      )}
      {onlySources && (
        <>
          <p className="jp-Prov-hint">{trans.__('Both say the same; their HTML differs:')}</p>
          <TextDiff recorded={recorded} rerun={rerun} label={trans.__('Sources of the HTML')} trans={trans} />
        </>
      )}
    </>
  );
}

interface ITableProps {
  one: IGrid;
  other: IGrid;
  compared: ICompared;
  trans: TranslationBundle;
}

function TablePair({ one, other, compared, trans }: ITableProps): JSX.Element {
  const rows = useMemo(() => shownRows(compared), [compared]);
  return (
    <>
      <div className="jp-Prov-sides">
        <GridSide grid={one} facing={other} side="old" compared={compared} rows={rows} trans={trans} />
        <GridSide grid={other} facing={one} side="new" compared={compared} rows={rows} trans={trans} />
      </div>
      {one !== NO_TABLE && other !== NO_TABLE && (
        <p className="jp-Prov-hint">{tableWords(trans, compared, rows.length, one.isCut || other.isCut)}</p>
      )}
    </>
  );
}

function tableWords(trans: TranslationBundle, compared: ICompared, shown: number, isCut: boolean): string {
  const { rows, columns, changedCells } = compared;
  const count = (list: IPlaced[], state: string): number => list.filter(one => one.state === state).length;
  const [rowsWent, rowsCame] = [count(rows, 'went'), count(rows, 'came')];
  const [columnsWent, columnsCame] = [count(columns, 'went'), count(columns, 'came')];
  const hidden = rows.length - shown;
  return [
    changedCells > 0
      ? trans._n('%1 cell changed', '%1 cells changed', changedCells)
      : trans.__('no cell changed'),
    rowsWent > 0 ? trans._n('%1 row only in the record', '%1 rows only in the record', rowsWent) : '',
    rowsCame > 0 ? trans._n('%1 row only in the re-run', '%1 rows only in the re-run', rowsCame) : '',
    columnsWent > 0
      ? trans._n('%1 column only in the record', '%1 columns only in the record', columnsWent)
      : '',
    columnsCame > 0
      ? trans._n('%1 column only in the re-run', '%1 columns only in the re-run', columnsCame)
      : '',
    hidden > 0 ? trans._n('%1 row is not shown', '%1 rows are not shown', hidden) : '',
    isCut ? trans.__('the table is too large: not all of it is compared') : ''
  ]
    .filter(Boolean)
    .join(' · ');
}

interface IGridProps {
  grid: IGrid;
  /** The table on the other side. */
  facing: IGrid;
  side: Side;
  compared: ICompared;
  rows: readonly IPlaced[];
  trans: TranslationBundle;
}

function GridSide({ grid, facing, side, compared, rows, trans }: IGridProps): JSX.Element {
  if (grid === NO_TABLE) {
    return <span />;
  }
  const name = side === 'old' ? trans.__('Recorded') : trans.__('Re-run');
  const heads = Array.from({ length: Math.max(grid.head.length, facing.head.length) }, (_, index) => index);
  const line = (isHead: boolean, row: IPlaced): JSX.Element[] =>
    compared.columns.map((column, index) => (
      <GridCell key={index} {...{ grid, facing, side, isHead, row, column }} />
    ));
  return (
    <div className="jp-Prov-scroll" role="group" aria-label={trans.__('Table, %1', name)} tabIndex={0}>
      <table className="jp-Prov-grid">
        <caption className="jp-Prov-sideName">{name}</caption>
        <thead>
          {heads.map(head => (
            <tr key={head}>
              <td className="jp-Prov-lineSign" />
              {line(true, { state: 'same', old: head, new: head })}
            </tr>
          ))}
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index} data-state={row.state}>
              <td className="jp-Prov-lineSign">{row[side] === null ? '' : SIGNS[row.state]}</td>
              {line(false, row)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const SIGNS = { same: '', changed: '≠', went: '−', came: '+' };

interface ICellProps extends Pick<IGridProps, 'grid' | 'facing' | 'side'> {
  isHead: boolean;
  row: IPlaced;
  column: IPlaced;
}

function GridCell({ grid, facing, side, isHead, row, column }: ICellProps): JSX.Element {
  const own = cellIn(grid, side, isHead, row, column);
  const other = cellIn(facing, side === 'old' ? 'new' : 'old', isHead, row, column);
  if (own === null) {
    return <td data-missing="true" />;
  }
  const isChanged = own.text !== other?.text;
  const Changed = side === 'old' ? 'del' : 'ins';
  const isHeading = own.text !== '' && (isHead || own.isLabel);
  const Cell = isHeading ? 'th' : 'td';
  const shown = own.text.length > LONGEST_CELL ? excerpt(own.text, other?.text ?? '') : own.text;
  return (
    <Cell
      scope={isHeading ? (isHead ? 'col' : 'row') : undefined}
      data-changed={isChanged}
      title={
        isChanged && other
          ? told(side === 'old' ? [own.text, other.text] : [other.text, own.text])
          : undefined
      }
    >
      <bdi>{isChanged ? <Changed>{shown}</Changed> : shown}</bdi>
    </Cell>
  );
}

function cellIn(
  grid: IGrid,
  side: Side,
  isHead: boolean,
  row: IPlaced,
  column: IPlaced
): { text: string; isLabel: boolean } | null {
  const [y, x] = [row[side], column[side]];
  if (y === null || x === null) {
    return null;
  }
  const line = isHead ? { cells: grid.head[y] ?? [], labels: 0 } : grid.body[y];
  const text = line?.cells[x];
  return text === undefined ? null : { text, isLabel: x < (line?.labels ?? 0) };
}

/** The part of a long text in which it differs from the other. */
function excerpt(text: string, other: string): string {
  const { before, parts, after } = wordsOf(text, other, LONGEST_CELL).old;
  return `${before > 0 ? '…' : ''}${parts.map(part => part.text).join('')}${after > 0 ? '…' : ''}`;
}

/** What a cell was and is, and of numbers by how much they differ. */
function told([old, next]: [string, string]): string {
  const difference = numberDifference(old, next);
  const short = (text: string): string =>
    text.length > LONGEST_CELL ? `${text.slice(0, LONGEST_CELL)}…` : text;
  return `${short(old)} → ${short(next)}${difference === null ? '' : ` (${difference})`}`;
}

/** One kind of thing that the factors noted. */

import type { TranslationBundle } from '@jupyterlab/translation';
import type { JSX, ReactNode } from 'react';
import type { IRow, ISection } from '../tokens';
import * as words from '../words';
import type { IActions } from './actions';
import { Fold, Go, Paged, Sign } from './fold';
import type { IPlaces } from './places';

/** Long and seldom surprising: folded until somebody wants them. */
const FOLDED = ['packages', 'environment'];

interface ISectionProps {
  section: ISection;
  places: IPlaces;
  actions: IActions;
  trans: TranslationBundle;
  /** What stands above the rows. */
  children?: ReactNode;
}

export function Section({ section, places, actions, trans, children }: ISectionProps): JSX.Element {
  const { name, title, empty, rows } = section;
  return (
    <Fold
      name={name}
      title={words.told(trans, title)}
      note={<WarningNote rows={rows} count={rows.length} trans={trans} />}
      open={!FOLDED.includes(name)}
    >
      {children}
      {rows.length === 0 ? (
        <p className="jp-Prov-empty">{words.told(trans, empty)}</p>
      ) : (
        <Rows rows={rows} places={places} actions={actions} trans={trans} />
      )}
    </Fold>
  );
}

interface IWarningNoteProps {
  rows: readonly IRow[];
  count: number;
  trans: TranslationBundle;
}

/** How many there are, and whether one of them is a warning. */
export function WarningNote({ rows, count, trans }: IWarningNoteProps): JSX.Element {
  const warnings = rows.filter(row => row.level === 'warning').length;
  const said = trans._n('%1 warning', '%1 warnings', warnings);
  return (
    <>
      {warnings > 0 && (
        <span className="jp-Prov-warning" role="img" aria-label={said} title={said}>
          ⚠
        </span>
      )}{' '}
      {count || ''}
    </>
  );
}

interface IRowsProps {
  rows: readonly IRow[];
  places: IPlaces;
  actions: IActions;
  trans: TranslationBundle;
}

export function Rows({ rows, ...others }: IRowsProps): JSX.Element {
  return (
    <Paged items={rows} trans={others.trans}>
      {(row, index) => <Row key={index} row={row} {...others} />}
    </Paged>
  );
}

interface IRowProps extends Omit<IRowsProps, 'rows'> {
  row: IRow;
}

/** A row leads to its file where that can be opened, else to its cell. */
function Row({ row, places, actions, trans }: IRowProps): JSX.Element {
  const place = places.ofId(row.cell);
  const file = row.file?.open ?? '';
  const hint = file
    ? trans.__('Open %1', file)
    : place
      ? trans.__('Go to cell %1', place.position)
      : undefined;
  return (
    <li className="jp-Prov-row" data-cell={row.cell ?? ''} data-level={row.level} data-file={row.file?.state}>
      <Go go={file ? () => actions.open(file) : (place?.go ?? null)} className="jp-Prov-rowBody" title={hint}>
        {row.level === 'warning' && (
          <Sign sign={{ symbol: '⚠', word: trans.__('warning') }} className="jp-Prov-warning" isShort />
        )}
        <bdi className="jp-Prov-rowText">{row.text}</bdi>
        {row.detail && <bdi className="jp-Prov-rowDetail">{row.detail}</bdi>}
        {row.file && <FileState state={row.file.state} trans={trans} />}
        {place && !file && <span className="jp-Prov-where">{trans.__('cell %1', place.position)}</span>}
      </Go>
      {place && file && (
        <Go
          go={place.go}
          className="jp-Prov-link jp-Prov-where"
          title={trans.__('Go to cell %1', place.position)}
        >
          {trans.__('cell %1', place.position)}
        </Go>
      )}
    </li>
  );
}

function FileState({ state, trans }: { state: string; trans: TranslationBundle }): JSX.Element | null {
  if (state === 'changed') {
    return (
      <Sign
        sign={{ symbol: '≠', word: trans.__('changed on disk since it was read') }}
        className="jp-Prov-fileState"
      />
    );
  }
  if (state === 'missing') {
    return <Sign sign={{ symbol: '✗', word: trans.__('no longer there') }} className="jp-Prov-fileState" />;
  }
  return null;
}

/** One kind of thing that the factors noted. */

import type { TranslationBundle } from '@jupyterlab/translation';
import type { JSX } from 'react';
import type { IRow, ISection } from '../tokens';
import { Fold, Go, Paged, Sign } from './fold';
import type { IPlaces } from './places';

/** Long and seldom surprising: folded until somebody wants them. */
const FOLDED = ['packages', 'environment'];

interface ISectionProps {
  section: ISection;
  places: IPlaces;
  trans: TranslationBundle;
}

export function Section({ section, places, trans }: ISectionProps): JSX.Element {
  const { name, title, empty, rows } = section;
  return (
    <Fold name={name} title={title} note={<Note rows={rows} trans={trans} />} open={!FOLDED.includes(name)}>
      {rows.length === 0 ? (
        <p className="jp-Prov-empty">{empty}</p>
      ) : (
        <Paged items={rows} trans={trans} from="start">
          {(row, index) => <Row key={index} row={row} places={places} trans={trans} />}
        </Paged>
      )}
    </Fold>
  );
}

/** How many rows there are, and whether one of them is a warning. */
function Note({ rows, trans }: { rows: readonly IRow[]; trans: TranslationBundle }): JSX.Element {
  const warnings = rows.filter(row => row.level === 'warning').length;
  return (
    <>
      {warnings > 0 && (
        <span className="jp-Prov-warning" title={trans._n('%1 warning', '%1 warnings', warnings)}>
          ⚠{' '}
        </span>
      )}
      {rows.length || ''}
    </>
  );
}

function Row({ row, places, trans }: { row: IRow; places: IPlaces; trans: TranslationBundle }): JSX.Element {
  const place = places.ofId(row.cell);
  return (
    <li className="jp-Prov-row" data-cell={row.cell ?? ''} data-level={row.level}>
      <Go
        go={place?.go ?? null}
        className="jp-Prov-rowBody"
        title={place ? trans.__('Go to cell %1', place.position) : undefined}
      >
        {row.level === 'warning' && <Sign sign={{ symbol: '⚠', word: '' }} className="jp-Prov-warning" />}
        <span className="jp-Prov-rowText">{row.text}</span>
        {row.detail && <span className="jp-Prov-rowDetail">{row.detail}</span>}
        {place && <span className="jp-Prov-where">{trans.__('cell %1', place.position)}</span>}
      </Go>
    </li>
  );
}

/** The section on the order: its picture, why it matters, and the executions themselves. */

import type { TranslationBundle } from '@jupyterlab/translation';
import type { JSX } from 'react';
import type { ILive } from '../tokens';
import type { IActions } from './actions';
import { Executions } from './executions';
import { Fold } from './fold';
import { Picture } from './picture';
import type { IPlaces } from './places';
import { Rows, WarningNote } from './section';

interface IOrderProps {
  live: ILive;
  places: IPlaces;
  actions: IActions;
  trans: TranslationBundle;
}

export function Order({ live, places, actions, trans }: IOrderProps): JSX.Element {
  const { executions, sections } = live;
  const rows = sections.find(({ name }) => name === 'order')?.rows ?? [];
  return (
    <Fold
      name="order"
      title={trans.__('Order')}
      note={<WarningNote rows={rows} count={executions.length} trans={trans} />}
      open
    >
      {executions.length === 0 ? (
        <p className="jp-Prov-empty">{trans.__('No cell has run in this session.')}</p>
      ) : (
        <>
          <Picture executions={executions} places={places} trans={trans} />
          <Rows rows={rows} places={places} actions={actions} trans={trans} />
          <Executions executions={executions} places={places} trans={trans} />
        </>
      )}
    </Fold>
  );
}

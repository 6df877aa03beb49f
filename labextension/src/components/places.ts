/** Where the cells stand in the notebook now. */

import type { IFollowedNotebook } from '../tokens';

export interface IPlace {
  /** Counted from 1, all cells. */
  position: number;
  count: number | null;
  go: () => void;
}

export interface IPlaces {
  ofId(id: string | null): IPlace | null;
  /** By the index that the cell had when the report was made: no cell must have moved since. */
  ofIndex(index: number | null): IPlace | null;
}

export function placesIn(notebook: IFollowedNotebook): IPlaces {
  const places = notebook.cells.map(({ id, count }, index) => ({
    id,
    position: index + 1,
    count,
    go: () => notebook.reveal(id)
  }));
  const byId = new Map(places.map(place => [place.id, place]));
  return {
    ofId: id => (id === null ? null : (byId.get(id) ?? null)),
    ofIndex: index => (index === null ? null : (places[index] ?? null))
  };
}

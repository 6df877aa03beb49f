/** Where the cells stand in the notebook now. */

import type { IFollowedNotebook } from '../tokens';

export interface IPlace {
  /** Counted from 1, all cells. */
  position: number;
  count: number | null;
  go: () => void;
}

export interface IPlaces {
  /** The ids of the code cells from top to bottom. */
  codeCells: readonly string[];
  ofId(id: string | null): IPlace | null;
  /** By the index that the cell had when the report was made: no cell must have moved since. */
  ofIndex(index: number | null): IPlace | null;
}

export function placesIn(notebook: IFollowedNotebook): IPlaces {
  const { cells } = notebook;
  const places = cells.map(({ id, count }, index) => ({
    id,
    position: index + 1,
    count,
    go: () => notebook.reveal(id)
  }));
  const byId = new Map(places.map(place => [place.id, place]));
  return {
    codeCells: cells.filter(({ source }) => source !== null).map(({ id }) => id),
    ofId: id => (id === null ? null : (byId.get(id) ?? null)),
    ofIndex: index => (index === null ? null : (places[index] ?? null))
  };
}

/** What a fix would do to each cell of the open notebook. */

import { alignedLines, folded } from '../compare/lines';
import type { Folded } from '../compare/lines';
import { visible } from '../compare/text';
import type { IFix, IFixedCell } from '../tokens';

export interface ICellChange {
  cell: IFixedCell;
  /** Counted from 1, in the fixed notebook. */
  number: number;
  place: 'new' | 'moved' | 'kept';
  /** Where it is now, counted from 1; null for a new cell. */
  was: number | null;
  /** null where the source stays. */
  diff: Folded[] | null;
}

/** The cells that the fix changes, in their new order; `order` has the ids of the notebook's cells as they are. */
export function cellChanges(fix: IFix, order: readonly string[]): ICellChange[] {
  const known = new Set(fix.cells.map(({ id }) => id));
  const before = order.filter(id => known.has(id));
  const kept = keptInOrder(
    before,
    fix.cells.map(({ id }) => id).filter(id => before.includes(id))
  );
  return fix.cells
    .map((cell, index): ICellChange => {
      const was = order.indexOf(cell.id) + 1 || null;
      return {
        cell,
        number: index + 1,
        place: cell.before === null ? 'new' : was === null || kept.has(cell.id) ? 'kept' : 'moved',
        was,
        diff: cell.before === cell.after ? null : diffOf(cell)
      };
    })
    .filter(({ cell, place, diff }) => place !== 'kept' || diff !== null || cell.tags.length > 0);
}

function diffOf({ before, after }: IFixedCell): Folded[] {
  return folded(alignedLines(before === null ? null : visible(before), visible(after)).lines, 2);
}

/**
 * The names that keep their places when one order becomes the other, so that the fewest are moved. Of several ways the
 * one is taken that `jupyter prov fix` takes too, as its sentences name the cells that are moved.
 */
export function keptInOrder(before: readonly string[], after: readonly string[]): Set<string> {
  const places = new Map(before.map((name, index) => [name, index]));
  const chains: { name: string; place: number; length: number; back: number }[] = [];
  for (const name of after) {
    const place = places.get(name) ?? -1;
    let back = -1;
    chains.forEach((chain, index) => {
      if (chain.place < place && chain.length > (chains[back]?.length ?? 0)) {
        back = index;
      }
    });
    chains.push({ name, place, length: (chains[back]?.length ?? 0) + 1, back });
  }
  let last = chains.reduce<(typeof chains)[number] | undefined>((best, chain) => {
    const isBetter =
      !best || chain.length > best.length || (chain.length === best.length && chain.place < best.place);
    return isBetter ? chain : best;
  }, undefined);
  const kept = new Set<string>();
  while (last) {
    kept.add(last.name);
    last = chains[last.back];
  }
  return kept;
}

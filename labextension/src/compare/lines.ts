/** Two texts line by line, aligned as a code review shows them, and two lines word by word. */

import { diffArrays } from 'diff';
import { commonStart, slice } from './ends';
import { MOST_TEXT } from './text';

/** A line of the one text, of the other, or of both; with its number in each, counted from 1. */
export interface ILine {
  state: 'same' | 'changed' | 'went' | 'came';
  old: string;
  oldNumber: number | null;
  new: string;
  newNumber: number | null;
}

export interface ILines {
  lines: ILine[];
  /** Whether the texts were too long to be compared to their ends. */
  isCut: boolean;
  /** Whether they differ too much to be aligned. */
  isRough: boolean;
}

export interface IPart {
  text: string;
  isChanged: boolean;
}

/** A line of which only a part is shown. */
export interface IExcerpt {
  parts: IPart[];
  /** How many characters are left out before and after. */
  before: number;
  after: number;
}

/** A line that is shown, or a number of equal ones that are not. */
export type Folded = { line: ILine } | { lines: ILine[] };

/** jsdiff gives up after so much work, which then takes less than the eye notices. */
const LINE_EFFORT = { maxEditLength: 2000, timeout: 200 };
const WORD_EFFORT = { maxEditLength: 200, timeout: 10 };
const LONGEST_LINE = 2000;
/** How much of what is equal stands before a difference in a line that is too long. */
const LEAD = 80;
/** Lines of which less than this share is equal are marked as a whole. */
const ALIKE = 0.3;
/** Numbers and words are of one piece; all other characters stand for themselves. */
const WORDS = /[\p{L}\p{N}_]+(?:[.,]\p{N}+)*(?:e[-+]\p{N}+)?|\s+|./gsu;

/** null stands for a text that is not there. */
export function alignedLines(old: string | null, next: string | null): ILines {
  const oldLines = linesOf(old);
  const newLines = linesOf(next);
  const isCut = [old, next].some(text => (text?.length ?? 0) > MOST_TEXT);
  const changes = oldLines.length * newLines.length > 0 ? diffArrays(oldLines, newLines, LINE_EFFORT) : [];
  if (!changes || changes.length === 0) {
    return { lines: paired(oldLines, newLines, 0, 0), isCut, isRough: !changes };
  }
  const lines: ILine[] = [];
  let [oldAt, newAt] = [0, 0];
  let went: string[] = [];
  for (const { removed, added, value } of [...changes, { removed: false, added: false, value: [] }]) {
    if (removed) {
      went = value;
      continue;
    }
    const came = added ? value : [];
    lines.push(...paired(went, came, oldAt, newAt));
    oldAt += went.length;
    newAt += came.length;
    went = [];
    if (!added) {
      lines.push(...paired(value, value, oldAt, newAt));
      oldAt += value.length;
      newAt += value.length;
    }
  }
  return { lines, isCut, isRough: false };
}

/** Leave equal lines out that are further from a difference than so many; a line or two are not worth it. */
export function folded(lines: readonly ILine[], context = 3): Folded[] {
  const shown = new Set<number>();
  lines.forEach(({ state }, index) => {
    for (let near = index - context; state !== 'same' && near <= index + context; near++) {
      shown.add(near);
    }
  });
  const result: Folded[] = [];
  let hidden: ILine[] = [];
  const fold = (): void => {
    result.push(...(hidden.length > 2 ? [{ lines: hidden }] : hidden.map(line => ({ line }))));
    hidden = [];
  };
  lines.forEach((line, index) => {
    if (shown.has(index)) {
      fold();
      result.push({ line });
    } else {
      hidden.push(line);
    }
  });
  fold();
  return result;
}

/** Two texts of one line, as much of them as can be shown, with the words marked in which they differ. */
export function wordsOf(old: string, next: string, longest = LONGEST_LINE): { old: IExcerpt; new: IExcerpt } {
  const isLong = Math.max(old.length, next.length) > longest;
  const start = isLong ? Math.max(0, commonStart(old, next) - LEAD) : 0;
  const excerpt = (text: string): string => slice(text, start, start + longest);
  const [oldParts, newParts] = marked(excerpt(old), excerpt(next));
  const framed = (text: string, parts: IPart[]): IExcerpt => ({
    parts,
    before: Math.min(start, text.length),
    after: Math.max(0, text.length - start - longest)
  });
  return { old: framed(old, oldParts), new: framed(next, newParts) };
}

function marked(old: string, next: string): [IPart[], IPart[]] {
  if (old === next) {
    return [[{ text: old, isChanged: false }], [{ text: next, isChanged: false }]];
  }
  const changes = diffArrays(old.match(WORDS) ?? [], next.match(WORDS) ?? [], WORD_EFFORT);
  const parts = (changes ?? []).map(({ value, removed, added }) => ({
    text: value.join(''),
    removed,
    added
  }));
  const alike = parts.reduce(
    (sum, part) => sum + (part.removed || part.added ? 0 : part.text.trim().length),
    0
  );
  if (alike < ALIKE * Math.max(old.trim().length, next.trim().length)) {
    return [[{ text: old, isChanged: true }], [{ text: next, isChanged: true }]];
  }
  const side = (other: 'removed' | 'added'): IPart[] =>
    parts
      .filter(part => !part[other])
      .map(({ text, removed, added }) => ({ text, isChanged: removed || added }));
  return [side('added'), side('removed')];
}

function linesOf(text: string | null): string[] {
  return text === null || text === '' ? [] : text.slice(0, MOST_TEXT).replace(/\n$/, '').split('\n');
}

/** The first line of the one beside the first of the other, and so on. */
function paired(old: readonly string[], next: readonly string[], oldAt: number, newAt: number): ILine[] {
  return Array.from({ length: Math.max(old.length, next.length) }, (_, index) => {
    const [one, other] = [old[index], next[index]];
    return {
      state: one === undefined ? 'came' : other === undefined ? 'went' : one === other ? 'same' : 'changed',
      old: one ?? '',
      oldNumber: one === undefined ? null : oldAt + index + 1,
      new: other ?? '',
      newNumber: other === undefined ? null : newAt + index + 1
    };
  });
}

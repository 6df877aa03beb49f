/** Two texts line by line, aligned as a code review shows them, and two lines word by word. */

import { diffArrays } from 'diff/lib/diff/array.js';
import { commonEnd, commonStart, slice } from './ends';
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
const LINE_EFFORT = { maxEditLength: 500, timeout: 30 };
const WORD_EFFORT = { maxEditLength: 50, timeout: 2 };
const LONGEST_LINE = 1000;
/** How much of what is equal stands before a difference in a line that is too long. */
const LEAD = 80;
/** Lines of whose words less than this share is equal are marked as a whole. */
const ALIKE = 0.3;
/** More pairs of lines are not tried out to find those that are most alike. */
const MOST_PAIRS = 2500;
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
  const alike = isLong ? commonStart(old, next) : 0;
  const start = Math.max(0, alike - LEAD);
  const rest = isLong ? Math.max(0, commonEnd(old, next, alike) - LEAD) : 0;
  const ending = (text: string): number => Math.max(start, Math.min(text.length - rest, start + longest));
  const excerpt = (text: string): string => slice(text, start, ending(text));
  const [oldParts, newParts] = marked(excerpt(old), excerpt(next));
  const framed = (text: string, parts: IPart[]): IExcerpt => ({
    parts,
    before: Math.min(start, text.length),
    after: Math.max(0, text.length - ending(text))
  });
  return { old: framed(old, oldParts), new: framed(next, newParts) };
}

/** The words of a line; of one that stands alone none has to be marked. */
export function wordsIn({ state, old, new: next }: ILine): { old: IExcerpt; new: IExcerpt } {
  return wordsOf(state === 'came' ? next : old, state === 'went' ? old : next);
}

function marked(old: string, next: string): [IPart[], IPart[]] {
  if (old === next) {
    return [[{ text: old, isChanged: false }], [{ text: next, isChanged: false }]];
  }
  const words = [old.match(WORDS) ?? [], next.match(WORDS) ?? []] as const;
  const changes = diffArrays<string>(...words, WORD_EFFORT) ?? [];
  const parts = changes.map(({ value, removed, added }) => ({ text: value.join(''), removed, added }));
  const same = changes.flatMap(({ value, removed, added }) => (removed || added ? [] : value));
  if (count(same) < ALIKE * Math.max(...words.map(count))) {
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

function count(words: readonly string[]): number {
  return words.filter(word => word.trim() !== '').length;
}

/** Lines that stand for one another: as many as can be, each beside the one that is most like it. */
function paired(old: readonly string[], next: readonly string[], oldAt: number, newAt: number): ILine[] {
  const lines: ILine[] = [];
  let [one, other] = [0, 0];
  const put = (hasOld: boolean, hasNew: boolean): void => {
    const [text, newText] = [hasOld ? (old[one] ?? '') : '', hasNew ? (next[other] ?? '') : ''];
    lines.push({
      state: !hasOld ? 'came' : !hasNew ? 'went' : text === newText ? 'same' : 'changed',
      old: text,
      oldNumber: hasOld ? oldAt + ++one : null,
      new: newText,
      newNumber: hasNew ? newAt + ++other : null
    });
  };
  for (const [oldLine, newLine] of partners(old, next)) {
    while (one < oldLine) {
      put(true, false);
    }
    while (other < newLine) {
      put(false, true);
    }
    put(true, true);
  }
  while (one < old.length) {
    put(true, false);
  }
  while (other < next.length) {
    put(false, true);
  }
  return lines;
}

/** The indices of the lines that are put side by side. */
function partners(old: readonly string[], next: readonly string[]): [number, number][] {
  const all = Math.min(old.length, next.length);
  if (old.length === next.length || old.length * next.length > MOST_PAIRS) {
    return Array.from({ length: all }, (_, index) => [index, index]);
  }
  // best[i][j]: the most that the lines from i and from j on can be alike; that two are paired at all counts a little.
  const best = Array.from({ length: old.length + 1 }, () => new Float64Array(next.length + 1));
  const at = (one: number, other: number): number => best[one]?.[other] ?? 0;
  const pair = (one: number, other: number): number =>
    1 + likeness(old[one] ?? '', next[other] ?? '') + at(one + 1, other + 1);
  for (let one = old.length - 1; one >= 0; one--) {
    for (let other = next.length - 1; other >= 0; other--) {
      best[one]?.fill(Math.max(pair(one, other), at(one + 1, other), at(one, other + 1)), other, other + 1);
    }
  }
  const pairs: [number, number][] = [];
  for (let [one, other] = [0, 0]; one < old.length && other < next.length;) {
    if (at(one, other) === pair(one, other)) {
      pairs.push([one++, other++]);
    } else if (at(one, other) === at(one + 1, other)) {
      one++;
    } else {
      other++;
    }
  }
  return pairs;
}

/** From 0 to 1, by how two lines begin and end. */
function likeness(old: string, next: string): number {
  const [one, other] = [old.trim().slice(0, LONGEST_LINE), next.trim().slice(0, LONGEST_LINE)];
  const start = commonStart(one, other);
  return (start + commonEnd(one, other, start)) / Math.max(one.length, other.length, 1);
}

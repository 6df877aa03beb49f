/** The outputs of a cell, paired as the check pairs them, and of each pair what is shown of it. */

import type { ICellOutputs } from '../tokens';
import { jsonText, joined, terminalText, visible } from './text';

export type Kind = 'image' | 'table' | 'html' | 'json' | 'text' | 'error' | 'other';

/** One representation of an output; of an image its address, else its text. */
export interface ISeen {
  kind: Kind;
  mime: string;
  text: string;
}

/** One output of each side; null where there is none. */
export interface IPair {
  recorded: ISeen | null;
  rerun: ISeen | null;
  /** The types that the two sides have and that nothing here can show. */
  unknown: string[];
}

type Output = Readonly<Record<string, unknown>>;

const WIDGET = 'application/vnd.jupyter.widget-view+json';
const PICTURES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'];
/** From rich to poor. */
const RICHNESS: Kind[] = ['image', 'table', 'json', 'html', 'error', 'text', 'other'];

/** Streams are paired by their names, everything else by its place. */
export function pairsOf({ recorded, rerun }: ICellOutputs): IPair[] {
  const old = merged(recorded);
  const next = merged(rerun);
  const streams = next.filter(isStream);
  const others = next.filter(output => !isStream(output));
  const take = (output: Output): Output | null => {
    if (!isStream(output)) {
      return others.shift() ?? null;
    }
    const at = streams.findIndex(({ name }) => name === output.name);
    return at < 0 ? null : (streams.splice(at, 1)[0] ?? null);
  };
  const pairs = old.map((output): [Output | null, Output | null] => [output, take(output)]);
  return [...pairs, ...[...others, ...streams].map((output): [null, Output] => [null, output])].map(seen);
}

/** The outputs with all chunks of a stream in one, where its first one is. */
function merged(outputs: readonly Output[]): Output[] {
  const streams = new Map<unknown, { output_type: string; name: unknown; text: string }>();
  const result: Output[] = [];
  for (const output of outputs) {
    const known = streams.get(output.name);
    if (isStream(output) && known) {
      known.text += joined(output.text);
    } else if (isStream(output)) {
      const stream = { output_type: 'stream', name: output.name, text: joined(output.text) };
      streams.set(output.name, stream);
      result.push(stream);
    } else {
      result.push(output);
    }
  }
  return result;
}

function isStream(output: Output): boolean {
  return output.output_type === 'stream';
}

/** The richest representation that both sides have, and in which they differ if they do; else the richest of each. */
function seen([recorded, rerun]: [Output | null, Output | null]): IPair {
  const [old, next] = [views(recorded), views(rerun)];
  const strange = [...old, ...next].filter(({ kind }) => kind === 'other');
  const unknown = [...new Set(strange.map(({ mime }) => mime))];
  const both = old.flatMap(one => {
    const other = next.find(({ mime, kind }) => mime === one.mime && kind === one.kind);
    return other ? [{ recorded: one, rerun: other, unknown }] : [];
  });
  const differing = both.find(pair => pair.recorded.text !== pair.rerun.text);
  const richest = { recorded: old[0] ?? null, rerun: next[0] ?? null, unknown };
  // A plot that became a line of text is no such line on both sides.
  const isShared = richest.recorded?.kind === richest.rerun?.kind;
  return differing ?? (isShared ? both[0] : undefined) ?? richest;
}

/** Everything that can be shown of an output, the richest first. */
function views(output: Output | null): ISeen[] {
  if (output === null) {
    return [];
  }
  switch (output.output_type) {
    case 'stream':
      return [{ kind: 'text', mime: named(joined(output.name)), text: terminalText(joined(output.text)) }];
    case 'error':
      return [{ kind: 'error', mime: 'error', text: errorText(output) }];
    default: {
      const data = Object.entries(output.data ?? {}) as [string, unknown][];
      return data
        .map(([mime, value]) => viewOf(mime, value))
        .sort((one, other) => RICHNESS.indexOf(one.kind) - RICHNESS.indexOf(other.kind));
    }
  }
}

function errorText({ ename, evalue, traceback }: Output): string {
  const lines = Array.isArray(traceback) ? traceback.map(joined).join('\n') : '';
  return terminalText(`${joined(ename)}: ${joined(evalue)}\n${lines}`);
}

function viewOf(mime: string, value: unknown): ISeen {
  const one = (kind: Kind, text: string): ISeen => ({ kind, mime: named(mime), text });
  if (PICTURES.includes(mime)) {
    return one('image', `data:${mime};base64,${joined(value).replace(/[^A-Za-z0-9+/=]/g, '')}`);
  }
  if (mime === 'image/svg+xml') {
    // As an image no script of it runs, and nothing that it names is fetched.
    return one('image', `data:${mime};charset=utf-8,${encodeURIComponent(wellFormed(joined(value)))}`);
  }
  if (mime === 'text/html') {
    const source = joined(value);
    return one(/<table\b/i.test(source) ? 'table' : 'html', source);
  }
  if (mime === 'application/json' || (mime.endsWith('+json') && mime !== WIDGET)) {
    return one('json', visible(jsonText(value)));
  }
  return mime.startsWith('text/') ? one('text', terminalText(joined(value))) : one('other', '');
}

/** A name that somebody else gave, of a length that can be read. */
function named(name: string): string {
  return visible(name.length > 100 ? `${name.slice(0, 100)}…` : name);
}

/** Halves of characters, which no address can hold, replaced. */
function wellFormed(text: string): string {
  return new TextDecoder().decode(new TextEncoder().encode(text));
}

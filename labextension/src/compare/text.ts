/** The text that an output shows: what steers a terminal obeyed or taken out, and nothing invisible left in it. */

/** Nobody reads more; it keeps what a hostile output costs within bounds. */
export const MOST_TEXT = 2_000_000;

/* eslint-disable no-control-regex -- these are what is looked for */
const ANSI =
  /\x1b(?:\[[0-?]{0,100}[ -/]{0,9}[@-~]|\][^\x07\x1b]{0,4000}(?:\x07|\x1b\\)|[()*+][0-9A-Za-z]|[=>@-Z\\-_78])/g;
const CONTROLS = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]/g;
const KEYS = /[^\r\x08]+|\r+|\x08+/g;
/* eslint-enable no-control-regex */

/** A text that nbformat may hold as its lines. */
export function joined(value: unknown): string {
  if (Array.isArray(value)) {
    return value.map(line => (typeof line === 'string' ? line : jsonText(line))).join('');
  }
  return typeof value === 'string' ? value : jsonText(value);
}

/** What stands on the screen in the end, without its colours. */
export function terminalText(text: string): string {
  const plain = text.replace(ANSI, '').replace(/\r+\n/g, '\n');
  const typed = /[\r\b]/.test(plain) ? plain.split('\n').map(typedLine).join('\n') : plain;
  return visible(typed);
}

/** Characters that would not be seen, or would turn the text around them, as signs. */
export function visible(text: string): string {
  return text.replace(CONTROLS, found => {
    const code = found.charCodeAt(0);
    return code < 0x20
      ? String.fromCharCode(0x2400 + code)
      : `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`;
  });
}

/** Indented, with sorted keys, because their order means nothing. */
export function jsonText(value: unknown): string {
  try {
    return value === undefined ? '' : JSON.stringify(value, sorted, 2);
  } catch {
    // Nested too deeply to be written.
    return '…';
  }
}

function sorted(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return value;
  }
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** What stands on a line after the cursor has gone back and forth on it. */
function typedLine(line: string): string {
  const cells: string[] = [];
  let at = 0;
  for (const [run] of line.matchAll(KEYS)) {
    if (run.startsWith('\r')) {
      at = 0;
    } else if (run.startsWith('\b')) {
      at = Math.max(0, at - run.length);
    } else {
      for (const character of run) {
        cells[at++] = character;
      }
    }
  }
  return cells.join('');
}

/** What two texts have in common at their ends; a character of two code units is never split. */

/** How many code units the two begin with alike. */
export function commonStart(one: string, other: string): number {
  const most = Math.min(one.length, other.length);
  let length = 0;
  while (length < most && one.charCodeAt(length) === other.charCodeAt(length)) {
    length++;
  }
  return length > 0 && isHigh(one.charCodeAt(length - 1)) ? length - 1 : length;
}

/** How many code units the two end with alike, behind those that they begin with. */
export function commonEnd(one: string, other: string, start: number): number {
  const most = Math.min(one.length, other.length) - start;
  let length = 0;
  while (
    length < most &&
    one.charCodeAt(one.length - 1 - length) === other.charCodeAt(other.length - 1 - length)
  ) {
    length++;
  }
  return length > 0 && isLow(one.charCodeAt(one.length - length)) ? length - 1 : length;
}

/** The text from one place up to another, with neither in the middle of a character. */
export function slice(text: string, start: number, end: number): string {
  return text.slice(
    isLow(text.charCodeAt(start)) ? start + 1 : start,
    isLow(text.charCodeAt(end)) ? end - 1 : end
  );
}

function isHigh(unit: number): boolean {
  return (unit & 0xfc00) === 0xd800;
}

function isLow(unit: number): boolean {
  return (unit & 0xfc00) === 0xdc00;
}

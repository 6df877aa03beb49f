/** The difference of two pictures, pixel by pixel. */

/** Small differences are made this much larger, so that they are seen. */
const AMPLIFIED = 4;
/** The least that a changed pixel is drawn with, of 255. */
const LEAST = 90;

/**
 * Draw how far two pictures of one size (RGBA) are apart into a third: the first one pale and grey, and over it, the
 * darker the further they are apart, what changed. Gives the number of pixels that changed.
 */
export function drawDifference(
  one: Uint8ClampedArray,
  other: Uint8ClampedArray,
  into: Uint8ClampedArray
): number {
  let changed = 0;
  for (let at = 0; at < one.length; at += 4) {
    const apart = distance(one, other, at);
    const grey = 215 + 0.15 * (0.3 * (one[at] ?? 0) + 0.59 * (one[at + 1] ?? 0) + 0.11 * (one[at + 2] ?? 0));
    const strength = apart === 0 ? 0 : Math.min(255, LEAST + AMPLIFIED * apart) / 255;
    changed += Number(apart > 0);
    into[at] = grey + strength * (190 - grey);
    into[at + 1] = grey * (1 - strength);
    into[at + 2] = grey + strength * (90 - grey);
    into[at + 3] = 255;
  }
  return changed;
}

/** The absolute difference of the channel in which two pixels differ most. */
function distance(one: Uint8ClampedArray, other: Uint8ClampedArray, at: number): number {
  let most = 0;
  for (let channel = at; channel < at + 4; channel++) {
    most = Math.max(most, Math.abs((one[channel] ?? 0) - (other[channel] ?? 0)));
  }
  return most;
}

/** The share of changed pixels in percent; never 0 or 100 where that is not quite so. */
export function share(changed: number, all: number): string {
  const percent = all === 0 ? 0 : (100 * changed) / all;
  if (changed > 0 && percent < 0.01) {
    return '<0.01';
  }
  const rounded = percent.toFixed(percent < 1 ? 2 : 1);
  return rounded === '100.0' ? (changed === all ? '100' : '>99.9') : changed === 0 ? '0' : rounded;
}

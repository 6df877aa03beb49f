/** A long list of equal rows, of which only those in sight are there; one tab stop, arrows go from row to row. */

import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { HTMLAttributes, JSX, KeyboardEvent, ReactNode } from 'react';

/** Rows that are there beyond those in sight, at each end. */
const MORE = 10;
/** Pixels, until a row has been measured. */
const HEIGHT = 22;

interface IWindowedProps<T> {
  items: readonly T[];
  label: string;
  /** A row, with what it must give to its `<li>`. */
  children: (item: T, row: IRowProps) => ReactNode;
}

/** What the list asks of a row: its `<li>` comes from `rowAttributes`, and its button has the tabIndex. */
export interface IRowProps {
  /** The key: rows that scroll out of sight hand their elements to those that come in. */
  slot: string;
  index: number;
  count: number;
  /** Pixels from the top of the list. */
  top: number;
  tabIndex: 0 | -1;
}

/** The attributes of the `<li>` of a row. */
export function rowAttributes({ index, count, top }: IRowProps): HTMLAttributes<HTMLLIElement> {
  return { 'aria-posinset': index + 1, 'aria-setsize': count, style: { top } };
}

export function Windowed<T>({ items, label, children }: IWindowedProps<T>): JSX.Element {
  const list = useRef<HTMLOListElement>(null);
  const [height, setHeight] = useState(HEIGHT);
  const [active, setActive] = useState(0);
  const [focused, setFocused] = useState(false);
  const [first, last] = useSight(list, items.length, height);
  const stop = Math.min(active, items.length - 1);

  useLayoutEffect(() => {
    const measured = list.current?.querySelector('li')?.offsetHeight;
    if (measured) {
      setHeight(measured);
    }
  }, [items.length > 0]);

  useEffect(() => {
    if (focused) {
      list.current?.querySelector<HTMLElement>(`[aria-posinset="${stop + 1}"] button`)?.focus();
    }
  }, [stop, focused]);

  const onKeyDown = (event: KeyboardEvent): void => {
    const to = target(event.key, stop, items.length);
    if (to !== null) {
      event.preventDefault();
      setActive(to);
      setFocused(true);
    }
  };
  const shown = items.slice(first, last).map((item, index) => [item, first + index] as const);
  // The row that has the focus stays, however far away the others are.
  const away = stop >= first && stop < last ? undefined : items[stop];
  const row = (item: T, index: number): ReactNode =>
    children(item, {
      slot: index === stop ? 'stop' : String(index % Math.max(1, last - first)),
      index,
      count: items.length,
      top: index * height,
      tabIndex: index === stop ? 0 : -1
    });
  return (
    <ol
      ref={list}
      className="jp-Prov-list jp-Prov-windowed"
      aria-label={label}
      style={{ height: items.length * height }}
      onKeyDown={onKeyDown}
      onBlur={() => setFocused(false)}
    >
      {shown.map(([item, index]) => row(item, index))}
      {away !== undefined && focused && row(away, stop)}
    </ol>
  );
}

/** The first row that must be there, and the one after the last. */
function useSight(
  list: { readonly current: HTMLElement | null },
  count: number,
  height: number
): readonly [number, number] {
  const [sight, setSight] = useState<readonly [number, number]>([0, Math.min(count, 5 * MORE)]);
  useLayoutEffect(() => {
    const node = list.current;
    const scroller = node?.closest('.jp-Prov-panel');
    if (!node || !scroller) {
      return;
    }
    const look = (): void => {
      const above = scroller.getBoundingClientRect().top - node.getBoundingClientRect().top;
      // In steps, so that not every pixel of scrolling draws anew.
      const from = Math.max(0, Math.floor(above / height / MORE) * MORE - MORE);
      const to = from + Math.ceil(scroller.clientHeight / height / MORE) * MORE + 3 * MORE;
      const next = [Math.min(from, count), Math.min(to, count)] as const;
      setSight(now => (now[0] === next[0] && now[1] === next[1] ? now : next));
    };
    look();
    scroller.addEventListener('scroll', look, { passive: true });
    const observer = new ResizeObserver(look);
    observer.observe(scroller);
    return () => {
      scroller.removeEventListener('scroll', look);
      observer.disconnect();
    };
  }, [list, count, height]);
  return [Math.min(sight[0], count), Math.min(sight[1], count)];
}

/** The row that a key leads to; null for any other key. */
export function target(key: string, from: number, count: number): number | null {
  const steps: Record<string, number> = {
    ArrowDown: from + 1,
    ArrowUp: from - 1,
    PageDown: from + 10,
    PageUp: from - 10,
    Home: 0,
    End: count - 1
  };
  const to = steps[key];
  return to === undefined ? null : Math.max(0, Math.min(count - 1, to));
}

/** Outputs that are asked for when they are about to be seen. */

import { useCallback, useEffect, useState } from 'react';
import type { RefObject } from 'react';
import type { ICellOutputs } from '../tokens';

export type Loaded =
  { state: 'waiting' } | { state: 'loaded'; outputs: ICellOutputs } | { state: 'failed'; message: string };

interface ILoading {
  loaded: Loaded;
  again: () => void;
}

/** Load once the place is near the part of the page that is seen; what comes after it went is dropped. */
export function useLoaded(place: RefObject<HTMLElement | null>, load: () => Promise<ICellOutputs>): ILoading {
  const isNear = useNear(place);
  const [loaded, setLoaded] = useState<Loaded>({ state: 'waiting' });
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    if (!isNear) {
      return;
    }
    let isGone = false;
    const set = (value: Loaded): void => {
      if (!isGone) {
        setLoaded(value);
      }
    };
    set({ state: 'waiting' });
    load()
      .then(outputs => set({ state: 'loaded', outputs }))
      .catch((error: unknown) =>
        set({ state: 'failed', message: error instanceof Error ? error.message : String(error) })
      );
    return () => {
      isGone = true;
    };
    // Not whenever `load` is another function of the same meaning.
  }, [isNear, attempt]);
  const again = useCallback(() => setAttempt(count => count + 1), []);
  return { loaded, again };
}

/** Whether an element was ever near what is seen; at once where that cannot be known. */
function useNear(place: RefObject<HTMLElement | null>): boolean {
  const [isNear, setIsNear] = useState(typeof IntersectionObserver === 'undefined');
  useEffect(() => {
    const element = place.current;
    if (isNear || !element) {
      return;
    }
    const observer = new IntersectionObserver(
      entries => {
        if (entries.some(entry => entry.isIntersecting)) {
          setIsNear(true);
        }
      },
      { rootMargin: '300px' }
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [isNear, place]);
  return isNear;
}

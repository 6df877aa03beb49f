/** Which new outputs were made the recorded ones. */

import { useState } from 'react';

export interface IAcceptance {
  /** The indices of the cells whose new outputs were accepted. */
  accepted: ReadonlySet<number>;
  isPending: boolean;
  /** Why the last ones were not accepted. */
  failure: string | null;
  take: (indices: readonly number[]) => void;
}

export function useAcceptance(accept: ((indices: readonly number[]) => Promise<void>) | null): IAcceptance {
  const [accepted, setAccepted] = useState<ReadonlySet<number>>(new Set());
  const [isPending, setIsPending] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const take = (indices: readonly number[]): void => {
    if (!accept) {
      return;
    }
    setIsPending(true);
    setFailure(null);
    accept(indices)
      .then(() => setAccepted(known => new Set([...known, ...indices])))
      .catch((error: unknown) => setFailure(error instanceof Error ? error.message : String(error)))
      .finally(() => setIsPending(false));
  };
  return { accepted, isPending, failure, take };
}

/** What goes wrong between the panel and the server, as the panel tells it. */

/**
 * Why something could not be shown or done.
 *
 * - missing: the server does not know our addresses, so the server extension is not running
 * - unreachable: there was no answer at all
 * - elsewhere: another drive than the server's keeps the notebook; the message names it
 * - lost: the server does not know this check any more
 * - unsaved: the notebook could not be saved
 * - server: any other error that the server answered with
 */
export class Problem extends Error {
  constructor(
    readonly kind: 'missing' | 'unreachable' | 'elsewhere' | 'lost' | 'unsaved' | 'server',
    message = '',
    readonly status = 0
  ) {
    super(message);
  }
}

/** What was thrown, as a problem. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) {
    return error;
  }
  return new Problem('unreachable', error instanceof Error ? error.message : String(error));
}

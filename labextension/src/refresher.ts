/** When to ask again: merges many requests into few runs. Knows nothing of what a run does. */

import type { IDisposable } from '@lumino/disposable';

/**
 * Runs its work a moment after it is asked for.
 *
 * Requests within that moment make one run, however long they go on, and requests during a run make one
 * more after it, so runs never overlap. While inactive nothing runs, and a request waits.
 */
export class Refresher implements IDisposable {
  constructor(
    private readonly _work: () => Promise<void>,
    private readonly _delay: number
  ) {}

  get active(): boolean {
    return this._active;
  }
  set active(active: boolean) {
    this._active = active;
    if (!active) {
      clearTimeout(this._timer);
      this._timer = undefined;
    }
    this._arm();
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  request(): void {
    this._wanted = true;
    this._arm();
  }

  dispose(): void {
    this._isDisposed = true;
    this.active = false;
  }

  private _arm(): void {
    if (this._wanted && this._active && !this._running && this._timer === undefined) {
      this._timer = setTimeout(() => void this._run(), this._delay);
    }
  }

  private async _run(): Promise<void> {
    this._timer = undefined;
    this._wanted = false;
    this._running = true;
    try {
      await this._work();
    } finally {
      this._running = false;
      this._arm();
    }
  }

  private _active = false;
  private _isDisposed = false;
  private _running = false;
  private _timer: ReturnType<typeof setTimeout> | undefined;
  private _wanted = false;
}

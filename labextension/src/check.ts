/** The check of one notebook: found, started, polled until it ends, cancelled. */

import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';
import { asProblem, Problem } from './problem';
import type { ICheck, IFollowedNotebook, IJob, IProvClient } from './tokens';

/** Milliseconds between the answer to one question about a running check and the next question. */
const INTERVAL = 500;
/** The same after a question that failed. */
const INTERVAL_AFTER_PROBLEM = 3000;

/**
 * Follows the newest check of a notebook.
 *
 * Only the answer to the latest question counts, so that neither a slow answer nor one about another
 * notebook can undo what came after it.
 */
export class Check implements ICheck, IDisposable {
  constructor(private readonly _client: IProvClient) {}

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get job(): IJob | null {
    return this._job;
  }

  get problem(): Problem | null {
    return this._problem;
  }

  get pending(): 'start' | 'cancel' | null {
    return this._pending;
  }

  get outdated(): boolean {
    return this._outdated;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Whether to ask the server by itself; whoever sets it looks for a check that was started elsewhere. */
  get active(): boolean {
    return this._active;
  }
  set active(active: boolean) {
    this._active = active;
    clearTimeout(this._timer);
  }

  follow(notebook: IFollowedNotebook | null): void {
    this._notebook = notebook;
    this._turn++;
    clearTimeout(this._timer);
    this._job = this._problem = this._pending = null;
    this._outdated = false;
  }

  /** Ask for the newest check; it is polled from then on if it runs. */
  find(): void {
    const notebook = this._notebook;
    if (notebook && this._active && this._pending === null) {
      void this._ask(async () => (await this._client.checks(notebook.path))[0] ?? null);
    }
  }

  /** Cells have run: what the last check says is about the outputs before that. */
  outdate(): void {
    if (this._job && !this._outdated) {
      this._outdated = true;
      this._changed.emit();
    }
  }

  async start(): Promise<void> {
    const notebook = this._notebook;
    if (!notebook || this._pending || this._job?.state === 'running') {
      return;
    }
    this._outdated = false;
    await this._ask(async () => {
      await notebook.save();
      return this._client.startCheck(notebook.path);
    }, 'start');
  }

  async cancel(): Promise<void> {
    const job = this._job;
    if (job?.state === 'running' && this._pending === null) {
      await this._ask(() => this._client.cancelCheck(job.id), 'cancel');
    }
  }

  dispose(): void {
    this._isDisposed = true;
    this._active = false;
    this._turn++;
    clearTimeout(this._timer);
    Signal.clearData(this);
  }

  private async _ask(
    question: () => Promise<IJob | null>,
    pending: 'start' | 'cancel' | null = null
  ): Promise<void> {
    const turn = ++this._turn;
    clearTimeout(this._timer);
    if (pending) {
      this._pending = pending;
      this._changed.emit();
    }
    const answer = await question().catch(asProblem);
    if (turn !== this._turn) {
      return;
    }
    this._pending = null;
    this._take(answer);
    this._changed.emit();
    this._arm();
  }

  private _take(answer: IJob | Problem | null): void {
    if (!(answer instanceof Problem)) {
      this._job = answer;
      this._problem = null;
    } else if (answer.status === 404 && answer.kind === 'server' && this._job?.state === 'running') {
      this._job = null;
      this._problem = new Problem('lost');
    } else {
      this._problem = answer;
    }
  }

  private _arm(): void {
    const job = this._job;
    if (this._active && job?.state === 'running') {
      this._timer = setTimeout(
        () => void this._ask(() => this._client.check(job.id)),
        this._problem ? INTERVAL_AFTER_PROBLEM : INTERVAL
      );
    }
  }

  private readonly _changed = new Signal<this, void>(this);
  private _active = false;
  private _isDisposed = false;
  private _job: IJob | null = null;
  private _notebook: IFollowedNotebook | null = null;
  private _outdated = false;
  private _pending: 'start' | 'cancel' | null = null;
  private _problem: Problem | null = null;
  private _timer: ReturnType<typeof setTimeout> | undefined;
  private _turn = 0;
}

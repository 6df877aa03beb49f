/** The model of the panel: follows one notebook at a time and keeps what the server says of it. */

import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';
import { Check } from './check';
import { Refresher } from './refresher';
import { asProblem, Problem } from './problem';
import type { Change, ICheck, IFollowedNotebook, ILive, IProvClient, IReproducibilityModel } from './tokens';

/** Milliseconds from the first request to the question, so that a burst of messages asks once. */
const DELAY = 200;
/** Milliseconds until the server is asked again whether a starting kernel is being recorded. */
const STARTING = 1000;

export class ReproducibilityModel implements IReproducibilityModel, IDisposable {
  constructor(private readonly _client: IProvClient) {
    this._check = new Check(_client);
    this._check.changed.connect(this._emit, this);
    this._refresher = new Refresher(() => this._refresh(), DELAY);
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get notebook(): IFollowedNotebook | null {
    return this._notebook;
  }

  get live(): ILive | null {
    return this._live;
  }

  get problem(): Problem | null {
    return this._problem;
  }

  get check(): ICheck {
    return this._check;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Whether anybody looks: an inactive model asks nothing by itself. */
  get active(): boolean {
    return this._refresher.active;
  }
  set active(active: boolean) {
    this._refresher.active = active;
    this._check.active = active;
    if (active) {
      this._checkSought = false;
      this._refresher.request();
    }
  }

  /** Take over a notebook, and dispose of the one before. */
  follow(notebook: IFollowedNotebook | null): void {
    this._notebook?.dispose();
    this._notebook = notebook;
    this._live = this._problem = null;
    notebook?.changed.connect(this._onChange, this);
    this._check.follow(notebook);
    this._checkSought = false;
    this._refresher.request();
    this._emit();
  }

  startCheck(): Promise<void> {
    return this._check.start();
  }

  cancelCheck(): Promise<void> {
    return this._check.cancel();
  }

  dispose(): void {
    this._isDisposed = true;
    clearTimeout(this._starting);
    this._refresher.dispose();
    this._check.dispose();
    this._notebook?.dispose();
    this._notebook = null;
    Signal.clearData(this);
  }

  private _onChange(_: IFollowedNotebook, change: Change): void {
    if (change === 'executed') {
      this._check.outdate();
    } else if (change === 'path') {
      this._emit();
    }
    // Without the server extension every question makes the browser log an error: ask once, not per cell.
    if (this._problem?.kind !== 'missing') {
      this._refresher.request();
    }
  }

  private async _refresh(): Promise<void> {
    const notebook = this._notebook;
    if (!notebook) {
      return;
    }
    clearTimeout(this._starting);
    const path = notebook.path;
    const cells = notebook.cells.map(cell => cell.id);
    const answer = await this._client.live(path, cells).catch(asProblem);
    // The answer is about another notebook by now; the change itself has already asked anew.
    if (this._notebook !== notebook || notebook.path !== path) {
      return;
    }
    if (answer instanceof Problem) {
      this._problem = answer;
    } else {
      this._problem = null;
      this._live = answer;
      this._lookAgain(answer);
    }
    this._emit();
    this._seekCheck();
  }

  /** Look for the notebook's check once, and only where there is a server part that could know of one. */
  private _seekCheck(): void {
    if (!this._checkSought && this._problem?.kind !== 'missing') {
      this._checkSought = true;
      this._check.find();
    }
  }

  /** Nothing tells the panel when a recorder and its kernel have found each other. */
  private _lookAgain(live: ILive): void {
    if (live.recording.state === 'starting') {
      this._starting = setTimeout(() => this._refresher.request(), STARTING);
    }
  }

  private _emit(): void {
    this._changed.emit();
  }

  private readonly _changed = new Signal<this, void>(this);
  private readonly _check: Check;
  private _checkSought = false;
  private _isDisposed = false;
  private _live: ILive | null = null;
  private _notebook: IFollowedNotebook | null = null;
  private _problem: Problem | null = null;
  private readonly _refresher: Refresher;
  private _starting: ReturnType<typeof setTimeout> | undefined;
}

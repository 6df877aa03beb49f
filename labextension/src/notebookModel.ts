/** The model of one open notebook: what the server says of its session, and what its check found. */

import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';
import type { Jobs } from './jobs';
import { asProblem, Problem } from './problem';
import { Refresher } from './refresher';
import type {
  Change,
  ICheck,
  IFollowedNotebook,
  ILive,
  INotebookEvent,
  INotebookModel,
  IProvClient,
  IVerdict
} from './tokens';
import { isOutdated, verdictOf } from './verdict';

/** Milliseconds from the first request to the question, so that a burst of messages asks once. */
const DELAY = 200;
/** Milliseconds without a further keystroke until the server is asked what an edit means. */
const TYPING = 700;

/** Asks nothing before the notebook has told its cells. */
export class NotebookModel implements INotebookModel, IDisposable {
  constructor(
    private readonly _client: IProvClient,
    private readonly _jobs: Jobs,
    private readonly _events: ISignal<unknown, INotebookEvent>,
    readonly notebook: IFollowedNotebook
  ) {
    this._path = notebook.path;
    this._refresher = new Refresher(() => this._refresh(), DELAY);
    this._refresher.active = notebook.isVisible;
    notebook.changed.connect(this._onChange, this);
    _jobs.changed.connect(this._onJob, this);
    _events.connect(this._onEvent, this);
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get live(): ILive | null {
    return this._live;
  }

  get problem(): Problem | null {
    return this._problem;
  }

  get check(): ICheck {
    const { path } = this.notebook;
    const job = this._jobs.newest('check', path);
    const report = job?.state === 'finished' ? job.report : null;
    const cells = new Map(this.notebook.cells.map(({ id, source }) => [id, source]));
    const outdated = job !== null && report !== null && isOutdated(job, this._live, cells);
    return { job, report, outdated, ...this._jobs.asking('check', path) };
  }

  get verdict(): IVerdict {
    return verdictOf(this._live, this.check);
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  async startCheck(): Promise<void> {
    await this._jobs.start('check', this.notebook);
  }

  async cancelCheck(): Promise<void> {
    const { job } = this.check;
    if (job) {
      await this._jobs.cancel(job);
    }
  }

  dispose(): void {
    this._isDisposed = true;
    clearTimeout(this._typing);
    this._refresher.dispose();
    this._jobs.changed.disconnect(this._onJob, this);
    this._events.disconnect(this._onEvent, this);
    this.notebook.dispose();
    Signal.clearData(this);
  }

  private _onChange(_: IFollowedNotebook, change: Change): void {
    switch (change) {
      case 'visible':
        this._refresher.active = this.notebook.isVisible;
        if (this.notebook.isVisible) {
          this._refresher.request();
        }
        return;
      case 'path':
        this._jobs.move(this._path, this.notebook.path);
        this._path = this.notebook.path;
        this._emit();
        break;
      case 'edited':
        this._onEdit();
        return;
    }
    this._request();
  }

  /** What is typed is not asked about letter by letter. */
  private _onEdit(): void {
    clearTimeout(this._typing);
    if (this._sources() !== this._asked) {
      this._typing = setTimeout(() => this._request(), TYPING);
    }
  }

  private _onJob(_: unknown, path: string): void {
    if (path === this.notebook.path) {
      this._emit();
    }
  }

  private _onEvent(_: unknown, event: INotebookEvent): void {
    if (event.path === this.notebook.path) {
      this._request();
    }
  }

  /** Without the server extension every question makes the browser log an error: ask once, not per cell. */
  private _request(): void {
    if (this._problem?.kind !== 'missing') {
      this._refresher.request();
    }
  }

  private async _refresh(): Promise<void> {
    const { notebook } = this;
    const path = notebook.path;
    if (notebook.drive !== '') {
      // The server would take the path for one of its own files.
      this._problem = new Problem('elsewhere', notebook.drive);
      this._emit();
      return;
    }
    this._asked = this._sources();
    const cells = notebook.cells.map(({ id, source }) => ({ id, source }));
    const answer = await this._client.live(path, cells).catch(asProblem);
    // The answer is about another file by now; the change itself has already asked anew.
    if (this._isDisposed || notebook.path !== path) {
      return;
    }
    if (answer instanceof Problem) {
      this._problem = answer;
    } else {
      this._problem = null;
      this._live = answer;
    }
    this._emit();
    if (this._problem?.kind !== 'missing') {
      await this._jobs.find();
    }
  }

  /** What the server was or would be told of the cells. */
  private _sources(): string {
    return this.notebook.cells.map(({ id, source }) => `${id} ${source}`).join('\n');
  }

  private _emit(): void {
    this._changed.emit();
  }

  private _asked = '';
  private readonly _changed = new Signal<this, void>(this);
  private _isDisposed = false;
  private _live: ILive | null = null;
  private _path: string;
  private _problem: Problem | null = null;
  private readonly _refresher: Refresher;
  private _typing: ReturnType<typeof setTimeout> | undefined;
}

/** The jobs of the server: found once, and followed by the events that it sends. */

import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';
import { asProblem, Problem } from './problem';
import type { IFollowedNotebook, IJob, IJobEvent, IJobs, IProvClient, JobKind } from './tokens';

/** Milliseconds without an event until a job that is under way is asked about. */
const SILENCE = 30_000;

/** What is being asked of the server about a notebook, and what went wrong the last time. */
interface IAsking {
  pending: 'start' | 'cancel' | null;
  problem: Problem | null;
}

const QUIET: IAsking = { pending: null, problem: null };

export class Jobs implements IJobs {
  constructor(
    private readonly _client: IProvClient,
    events: ISignal<unknown, IJobEvent>
  ) {
    events.connect(this._onEvent, this);
  }

  get changed(): ISignal<this, string> {
    return this._changed;
  }

  get all(): readonly IJob[] {
    return this._all;
  }

  newest(kind: JobKind, path: string): IJob | null {
    return this._all.find(job => job.kind === kind && job.path === path) ?? null;
  }

  /** What is under way between us and the server about a notebook's jobs of a kind. */
  asking(kind: JobKind, path: string): Readonly<IAsking> {
    return this._asking.get(`${kind} ${path}`) ?? QUIET;
  }

  /** Ask for all jobs, those that were started elsewhere or before this page was loaded; once is enough. */
  find(): Promise<void> {
    this._found ??= this._list();
    return this._found;
  }

  async start(kind: JobKind, notebook: IFollowedNotebook): Promise<IJob | null> {
    const { path } = notebook;
    const known = this.newest(kind, path);
    if (known && isUnderWay(known)) {
      return known;
    }
    if (this.asking(kind, path).pending !== null) {
      return null;
    }
    return this._ask(kind, path, 'start', async () => {
      await notebook.save();
      return this._client.startJob(kind, notebook.path);
    });
  }

  async cancel(job: IJob): Promise<void> {
    if (isUnderWay(job) && this.asking(job.kind, job.path).pending === null) {
      await this._ask(job.kind, job.path, 'cancel', () => this._client.cancelJob(job.id));
    }
  }

  /** A notebook has another path now: its jobs go along. */
  move(old: string, path: string): void {
    for (const job of this._all.filter(job => job.path === old)) {
      this._put({ ...job, path });
    }
  }

  private async _list(): Promise<void> {
    try {
      const jobs = await this._client.jobs();
      // What has come in meanwhile is newer.
      this._all = [...this._all, ...jobs.filter(job => !this._all.some(({ id }) => id === job.id))];
      await Promise.all(
        jobs.filter(job => !isUnderWay(job) && this._isNewest(job)).map(job => this._fetch(job.id))
      );
      new Set(jobs.map(({ path }) => path)).forEach(path => this._changed.emit(path));
      this._watch();
    } catch {
      this._found = null; // the models tell what is wrong with the server; whoever asks next tries again
    }
  }

  private _isNewest(job: IJob): boolean {
    return this.newest(job.kind, job.path)?.id === job.id;
  }

  private async _ask(
    kind: JobKind,
    path: string,
    pending: 'start' | 'cancel',
    question: () => Promise<IJob>
  ): Promise<IJob | null> {
    this._tell(kind, path, { pending, problem: null });
    const answer = await question().catch(asProblem);
    if (answer instanceof Problem) {
      this._tell(kind, path, { pending: null, problem: answer });
      return null;
    }
    this._asking.delete(`${kind} ${path}`);
    this._put(answer);
    return answer;
  }

  private _tell(kind: JobKind, path: string, asking: IAsking): void {
    this._asking.set(`${kind} ${path}`, asking);
    this._changed.emit(path);
  }

  private _onEvent(_: unknown, event: IJobEvent): void {
    const known = this._all.find(job => job.id === event.id);
    if (!known && isUnderWay(event) && this.asking(event.kind, event.path).pending === 'start') {
      return; // the answer to our own request says as much
    }
    if (!known || !isUnderWay(event)) {
      void this._fetch(event.id);
    } else if (isUnderWay(known)) {
      this._put({ ...known, ...event, path: known.path });
    }
  }

  /** Get all of a job that is new or has ended. */
  private async _fetch(id: string): Promise<void> {
    const answer = await this._client.job(id).catch(asProblem);
    const known = this._all.find(job => job.id === id);
    if (!(answer instanceof Problem)) {
      this._put(known ? { ...answer, path: known.path } : answer);
    } else if (known) {
      const problem = answer.status === 404 ? new Problem('lost') : answer;
      this._all = this._all.filter(job => job !== known);
      this._tell(known.kind, known.path, { pending: null, problem });
    }
  }

  /** A late answer cannot bring back to life what has ended meanwhile. */
  private _put(job: IJob): void {
    const index = this._all.findIndex(({ id }) => id === job.id);
    const known = this._all[index];
    if (known && !isUnderWay(known) && isUnderWay(job)) {
      return;
    }
    this._all = index < 0 ? [job, ...this._all] : this._all.map(old => (old.id === job.id ? job : old));
    this._changed.emit(job.path);
    this._watch();
  }

  /** A job of which nothing is heard for long is asked about: the stream of events may have been cut. */
  private _watch(): void {
    clearTimeout(this._silence);
    if (this._all.some(isUnderWay)) {
      this._silence = setTimeout(() => {
        this._all.filter(isUnderWay).forEach(job => void this._fetch(job.id));
        this._watch();
      }, SILENCE);
    }
  }

  private _all: readonly IJob[] = [];
  private readonly _asking = new Map<string, IAsking>();
  private readonly _changed = new Signal<this, string>(this);
  private _found: Promise<void> | null = null;
  private _silence: ReturnType<typeof setTimeout> | undefined;
}

/** Whether a job has not ended yet. */
export function isUnderWay({ state }: { state: IJob['state'] }): boolean {
  return state === 'queued' || state === 'running';
}

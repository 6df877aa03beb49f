/** Hand-written stand-ins for a notebook and a server whose answers wait until a test gives them. */

import { Signal } from '@lumino/signaling';
import type {
  Change,
  IAcceptedCell,
  ICell,
  ICellOutputs,
  ICellReport,
  IExecution,
  IFollowedNotebook,
  IJob,
  ILive,
  IProvClient,
  IReason,
  IReport
} from '../src/tokens';

export class FakeNotebook implements IFollowedNotebook {
  constructor(public path = 'a.ipynb') {}

  readonly changed = new Signal<this, Change>(this);
  cells: ICell[] = [{ id: 'one', count: 1, source: 11 }];
  isDisposed = false;
  isVisible = true;
  drive = '';
  /** How often it was asked to restart and run all its cells. */
  restarts = 0;
  saving: () => Promise<void> = () => Promise.resolve();

  get name(): string {
    return this.path;
  }

  save(): Promise<void> {
    return this.saving();
  }

  reveal(): void {
    throw new Error('No test asks for this.');
  }

  run(): void {
    throw new Error('No test asks for this.');
  }

  runAll(): void {
    throw new Error('No test asks for this.');
  }

  restartAndRunAll(): Promise<void> {
    this.restarts += 1;
    return Promise.resolve();
  }

  show(): void {
    throw new Error('No test asks for this.');
  }

  dispose(): void {
    this.isDisposed = true;
    Signal.clearData(this);
  }
}

/** One request that the server has got and not answered. */
export interface IAsked {
  /** Such as "live a.ipynb". */
  what: string;
  answer: (value: unknown) => void;
  fail: (error: unknown) => void;
}

export class FakeClient implements IProvClient {
  /** Everything that was ever asked, in order. */
  readonly asked: IAsked[] = [];

  live = (path: string): Promise<ILive> => this._ask(`live ${path}`);
  jobs = (path = ''): Promise<IJob[]> => this._ask(`jobs ${path}`);
  startJob = (kind: string, path: string): Promise<IJob> => this._ask(`start ${kind} ${path}`);
  job = (id: string): Promise<IJob> => this._ask(`job ${id}`);
  cancelJob = (id: string): Promise<IJob> => this._ask(`cancel ${id}`);
  outputs = (job: string, index: number): Promise<ICellOutputs> => this._ask(`outputs ${job} ${index}`);
  accept = (job: string): Promise<IAcceptedCell[]> => this._ask(`accept ${job}`);

  /** What was asked so far. */
  get log(): string[] {
    return this.asked.map(({ what }) => what);
  }

  count(what: string): number {
    return this.log.filter(asked => asked.startsWith(what)).length;
  }

  /** The latest request of a kind. */
  last(what: string): IAsked {
    const found = this.asked.filter(asked => asked.what.startsWith(what)).at(-1);
    if (!found) {
      throw new Error(`Nobody asked "${what}", only: ${this.log.join(', ')}`);
    }
    return found;
  }

  private _ask<T>(what: string): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.asked.push({ what, answer: value => resolve(value as T), fail: reject });
    });
  }
}

export function liveOf(path: string, more: Partial<ILive> = {}): ILive {
  return {
    path,
    recording: { state: 'recording', message: '' },
    recorded: true,
    writable: true,
    session: null,
    executions: [],
    reasons: [],
    sections: [],
    ...more
  };
}

export function executionOf(number: number, cell: string | null, more: Partial<IExecution> = {}): IExecution {
  return {
    number,
    cell,
    count: number,
    outcome: 'ok',
    started: '2026-01-01T00:00:00Z',
    seconds: 0.1,
    marks: [],
    source: '',
    ...more
  };
}

export function reasonOf(more: Partial<IReason> = {}): IReason {
  return {
    kind: 'random',
    cell: 'one',
    line: null,
    text: 'drew without a seed',
    mark: 'unseeded',
    fix: 'fix',
    weak: false,
    ...more
  };
}

export function jobOf(id: string, state: IJob['state'] = 'running', more: Partial<IJob> = {}): IJob {
  return {
    id,
    kind: 'check',
    path: 'a.ipynb',
    state,
    ahead: 0,
    phase: 'rerun',
    done: 1,
    total: 3,
    message: '',
    started: '2026-01-01T12:00:00Z',
    exit_code: null,
    outdated: false,
    report: null,
    fix: null,
    ...more
  };
}

export function reportOf(cells: readonly Partial<ICellReport>[]): IReport {
  const full = cells.map((cell, index): ICellReport => ({
    index,
    id: `cell-${index}`,
    verdict: 'identical',
    outputs: [],
    causes: [],
    ...cell
  }));
  return {
    notebook: 'a.ipynb',
    verdict: full.some(({ verdict }) => verdict === 'differs') ? 'not-reproduced' : 'reproduced',
    environment: { source: 'recorded', python: '3.11.7', packages: 3, missing: [], changed: [] },
    inputs: [],
    counts: { identical: 0, equivalent: 0, differs: 0, failed: 0, unrecorded: 0, skipped: 0 },
    cells: full,
    blind_spots: [],
    runs: 1,
    seconds: 1
  };
}

/** Let every promise that can go on go on. */
export function settle(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve));
}

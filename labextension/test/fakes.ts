/** Hand-written stand-ins for a notebook and a server whose answers wait until a test gives them. */

import { Signal } from '@lumino/signaling';
import type { Change, ICell, IFollowedNotebook, IJob, ILive, IProvClient } from '../src/tokens';

export class FakeNotebook implements IFollowedNotebook {
  constructor(public path = 'a.ipynb') {}

  readonly changed = new Signal<this, Change>(this);
  cells: ICell[] = [{ id: 'one', count: 1 }];
  isDisposed = false;
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
  checks = (path: string): Promise<IJob[]> => this._ask(`checks ${path}`);
  startCheck = (path: string): Promise<IJob> => this._ask(`start ${path}`);
  check = (id: string): Promise<IJob> => this._ask(`check ${id}`);
  cancelCheck = (id: string): Promise<IJob> => this._ask(`cancel ${id}`);

  /** What was asked so far. */
  get log(): string[] {
    return this.asked.map(({ what }) => what);
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

export function liveOf(path: string, state: ILive['recording']['state'] = 'recording'): ILive {
  return { path, recording: { state, message: '' }, session: null, executions: [], sections: [] };
}

export function jobOf(id: string, state: IJob['state'] = 'running'): IJob {
  return {
    id,
    path: 'a.ipynb',
    state,
    phase: 'rerun',
    done: 1,
    total: 3,
    message: '',
    exit_code: null,
    report: null
  };
}

/** Let every promise that can go on go on. */
export function settle(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve));
}

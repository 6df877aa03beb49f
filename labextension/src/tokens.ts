/** What the panel, the model and the server tell one another: the shapes, and the tokens for other plugins. */

import { Token } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import type { Problem } from './problem';

/** The IOPub message that the kernel part sends when an execution starts and when it ends. */
export const RECORD_MESSAGE = 'jupyter_prov_record';

export type CellVerdict = 'identical' | 'equivalent' | 'differs' | 'failed' | 'unrecorded' | 'skipped';
export type Confidence = 'proven' | 'recorded' | 'suspected';
export type Mark = 'out-of-order' | 'run-again' | 'deleted';
export type Outcome = 'ok' | 'error' | 'running' | 'unfinished';
export type Phase = 'environment' | 'stage' | 'rerun' | 'compare' | 'explain' | 'done';

/** Whether this notebook's kernel is being recorded, and a sentence that says so. */
export interface IRecording {
  state: 'recording' | 'starting' | 'off' | 'no-kernel' | 'not-loaded' | 'other-language';
  message: string;
}

export interface ISession {
  number: number;
  started: string;
  python: string;
}

export interface IExecution {
  number: number;
  cell: string | null;
  count: number | null;
  outcome: Outcome;
  started: string;
  seconds: number | null;
  marks: Mark[];
  /** The first line of the source that ran. */
  source: string;
}

export interface IRow {
  cell: string | null;
  text: string;
  detail: string;
  level: 'info' | 'warning';
}

/** One kind of thing that the factors noted, and the sentence that stands there when there is none. */
export interface ISection {
  name: string;
  title: string;
  empty: string;
  rows: IRow[];
}

/** Everything known of the notebook's present session. */
export interface ILive {
  path: string;
  recording: IRecording;
  /** Whether there is a record that a check could read; servers that do not say so leave it out. */
  recorded?: boolean;
  session: ISession | null;
  /** Oldest first. */
  executions: IExecution[];
  sections: ISection[];
}

export interface IOutputVerdict {
  index: number;
  mime: string;
  verdict: CellVerdict;
  noise: string[];
  summary: string;
}

export interface ICause {
  kind: string;
  /** The index of the cell that the difference comes from, counting all cells from 0. */
  cell: number | null;
  line: number | null;
  confidence: Confidence;
  explanation: string;
  advice: string;
}

export interface ICellReport {
  index: number;
  id: string;
  verdict: CellVerdict;
  outputs: IOutputVerdict[];
  causes: ICause[];
  /** Whether a difference here is told but never fails the check. */
  volatile?: boolean;
  /** Why the cell did not end by itself, if it did not. */
  failure?: string;
}

/** One notebook of the check report. */
export interface IReport {
  notebook: string;
  verdict: 'reproduced' | 'not-reproduced';
  environment: { source: string; python: string; packages: number; missing: unknown[]; changed: unknown[] };
  inputs: { path: string; status: 'same' | 'changed' | 'missing' | 'new' }[];
  counts: Record<CellVerdict, number>;
  cells: ICellReport[];
  blind_spots: unknown[];
  runs: number;
  seconds: number;
}

/** One check, running or ended. */
export interface IJob {
  id: string;
  path: string;
  state: 'running' | 'finished' | 'cancelled' | 'failed';
  phase: Phase | null;
  done: number;
  total: number;
  message: string;
  exit_code: number | null;
  report: IReport | null;
}

/** The server's REST interface. Every request that fails throws a Problem. */
export interface IProvClient {
  live(path: string, cells: readonly string[]): Promise<ILive>;
  /** The checks of a notebook, newest first. */
  checks(path: string): Promise<IJob[]>;
  startCheck(path: string): Promise<IJob>;
  check(id: string): Promise<IJob>;
  cancelCheck(id: string): Promise<IJob>;
}

export interface ICell {
  id: string;
  /** The number that the notebook shows beside the cell; null where it shows none. */
  count: number | null;
}

/** What can change in a notebook so that the panel has to look again. */
export type Change = 'executed' | 'kernel' | 'cells' | 'saved' | 'path';

/** An open notebook, as far as the model needs to know it. */
export interface IFollowedNotebook extends IDisposable {
  readonly changed: ISignal<IFollowedNotebook, Change>;
  /** The path as the server knows it. */
  readonly path: string;
  readonly name: string;
  /** All cells in document order. */
  readonly cells: readonly ICell[];
  /** Bring the file up to date; throws a Problem where that fails. */
  save(): Promise<void>;
  /** Show the cell; without effect where it is gone. */
  reveal(cell: string): void;
}

/** The last check of the notebook. */
export interface ICheck {
  readonly job: IJob | null;
  readonly problem: Problem | null;
  /** What was asked of the server and has not been answered. */
  readonly pending: 'start' | 'cancel' | null;
  /** Whether cells have run since the check started. */
  readonly outdated: boolean;
}

/** What the panel shows: the followed notebook, its live record, and its last check. */
export interface IReproducibilityModel {
  readonly changed: ISignal<IReproducibilityModel, void>;
  readonly notebook: IFollowedNotebook | null;
  /** null until the server has answered for this notebook. */
  readonly live: ILive | null;
  /** Why `live` could not be brought up to date. */
  readonly problem: Problem | null;
  readonly check: ICheck;
  startCheck(): Promise<void>;
  cancelCheck(): Promise<void>;
}

export const IReproducibilityModel = new Token<IReproducibilityModel>(
  'jupyter-prov:IReproducibilityModel',
  'What is known of how the current notebook came to be, and its last check.'
);

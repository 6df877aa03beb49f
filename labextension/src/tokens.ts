/** What the panel, the model and the server tell one another: the shapes, and the tokens for other plugins. */

import type { IOutput } from '@jupyterlab/nbformat';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { Token } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import type { Problem } from './problem';

/** The IOPub message that the kernel part sends when an execution starts and when it ends. */
export const RECORD_MESSAGE = 'jupyter_prov_record';

export type CellVerdict = 'identical' | 'equivalent' | 'differs' | 'failed' | 'unrecorded' | 'skipped';
export type Confidence = 'proven' | 'recorded' | 'suspected';
/** How an execution stands to the notebook's order; `used` goes with `deleted`: something later needs what it made. */
export type Mark = 'out-of-order' | 'run-again' | 'deleted' | 'used' | 'edited';
/** How the notebook marks a cell. */
export type CellMark = 'stale' | 'out-of-order' | 'unseeded' | 'clock' | 'changed-input';
export type Outcome = 'ok' | 'error' | 'running' | 'unfinished';
export type JobKind = 'check' | 'fix';
export type JobState = 'queued' | 'running' | 'finished' | 'cancelled' | 'failed';
export type Phase = 'environment' | 'stage' | 'rerun' | 'compare' | 'explain' | 'done';

/** The events that the server emits, by their schemas. */
export const JOB_EVENT = 'https://events.jupyter.org/jupyter_prov/job/v1';
export const NOTEBOOK_EVENT = 'https://events.jupyter.org/jupyter_prov/notebook/v1';

/** A job has come further. */
export interface IJobEvent {
  id: string;
  kind: JobKind;
  path: string;
  state: JobState;
  /** How many jobs are before it while it is queued. */
  ahead: number;
  phase: Phase | null;
  done: number;
  total: number;
  message: string;
}

/** Something about a notebook is not what it was when the server was last asked. */
export interface INotebookEvent {
  path: string;
  /** A file that it read was changed on disk; its kernel began to be recorded; its record was written. */
  changed: 'inputs' | 'recording' | 'record';
}

/** Whether this notebook's kernel is being recorded, and a sentence that says so. */
export interface IRecording {
  state: 'recording' | 'starting' | 'off' | 'no-kernel' | 'not-loaded' | 'other-language' | 'no-record';
  message: string;
  /** A command for a terminal that would mend it. */
  command?: string;
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

/** A file as it is on disk now, set against what was read or written of it. */
export interface IFile {
  /** Its path in the contents API; '' where it is none of the server's files. */
  open: string;
  state: 'same' | 'changed' | 'missing' | 'unknown';
}

export interface IRow {
  cell: string | null;
  text: string;
  detail: string;
  level: 'info' | 'warning';
  file?: IFile;
}

/** Why the notebook would not reproduce, as far as its session shows. */
export interface IReason {
  /** The kind of factor. */
  kind: string;
  cell: string | null;
  line: number | null;
  text: string;
  mark: CellMark | null;
  /** What would mend it: to run the cell again, or to look for an edit. */
  fix: 'run' | 'fix' | null;
  /** Whether the outputs may well come out the same all the same. */
  weak: boolean;
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
  /** Whether there is a record that a check could read. */
  recorded: boolean;
  /** Whether the record can be saved beside the notebook. */
  writable: boolean;
  session: ISession | null;
  /** Oldest first. */
  executions: IExecution[];
  reasons: IReason[];
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
  /** Why it is volatile, if the notebook says so. */
  reason?: string;
  /** Why the cell did not end by itself, if it did not. */
  failure?: string;
  /** Whether what the re-run showed has become the recorded output. */
  accepted?: boolean;
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

/** One cell of a fixed notebook. */
export interface IFixedCell {
  id: string;
  type: string;
  /** null for a cell that the fix puts in. */
  before: string | null;
  after: string;
  /** Tags that the fix adds. */
  tags: string[];
}

/** What `jupyter prov fix` would do: the cells of the fixed notebook in their order, and what it says of them. */
export interface IFix {
  notebook: string;
  /** Whether two clean re-runs of the fixed notebook agreed, in all cells but those that are left. */
  verified: boolean;
  changes: { kind: string; cell: string; sentence: string }[];
  cells: IFixedCell[];
  /** Files beside the notebook that it would change too, with the lines of a diff. */
  files: { path: string; diff: string[] }[];
  /** The ids of cells that still differ. */
  left: string[];
  said: string[];
  runs: number;
  seconds: number;
}

/** A check, or a search for a fix. */
export interface IJob {
  id: string;
  kind: JobKind;
  path: string;
  state: JobState;
  /** How many jobs are before it while it is queued. */
  ahead: number;
  phase: Phase | null;
  done: number;
  total: number;
  message: string;
  /** ISO 8601; null while it is queued. */
  started: string | null;
  exit_code: number | null;
  /** Whether cells were run or inputs changed since it began. */
  outdated: boolean;
  /** null in lists, and until a check has finished. */
  report: IReport | null;
  /** null in lists, and until a search has finished. */
  fix: IFix | null;
  /** The cells as they were when it began; left out in lists, and while it is queued. */
  cells?: ICellState[];
}

/** What a cell showed when it was recorded, and what the re-run of a check showed. */
export interface ICellOutputs {
  index: number;
  recorded: IOutput[];
  rerun: IOutput[];
}

export interface IAcceptedCell {
  id: string;
  outputs: IOutput[];
  execution_count: number | null;
}

/** The server's REST interface. Every request that fails throws a Problem. */
export interface IProvClient {
  live(path: string, cells: readonly ICellState[]): Promise<ILive>;
  /** The jobs of a notebook, or of all, newest first. */
  jobs(path?: string): Promise<IJob[]>;
  startJob(kind: JobKind, path: string): Promise<IJob>;
  job(id: string): Promise<IJob>;
  cancelJob(id: string): Promise<IJob>;
  /** The outputs of the cell with this index among all cells. */
  outputs(job: string, index: number): Promise<ICellOutputs>;
  /** Make what the re-run showed the recorded outputs of these cells; the notebook is still to be given them. */
  accept(job: string, indices: readonly number[]): Promise<IAcceptedCell[]>;
}

/** A cell as the server is told of it. */
export interface ICellState {
  id: string;
  /** The CRC-32 of a code cell's source in UTF-8; null for any other cell. */
  source: number | null;
}

export interface ICell extends ICellState {
  /** The number that the notebook shows beside the cell; null where it shows none. */
  count: number | null;
}

/** What can change in a notebook so that somebody has to look again. */
export type Change = 'executed' | 'kernel' | 'cells' | 'edited' | 'saved' | 'path' | 'visible';

/** An open notebook, as far as a model needs to know it. */
export interface IFollowedNotebook extends IDisposable {
  readonly changed: ISignal<IFollowedNotebook, Change>;
  /** The path as the server knows it. */
  readonly path: string;
  readonly name: string;
  /** All cells in document order. */
  readonly cells: readonly ICell[];
  readonly isVisible: boolean;
  /** The name of the drive that keeps it, where that is not the server's own; else ''. */
  readonly drive: string;
  /** Bring the file up to date; throws a Problem where that fails. */
  save(): Promise<void>;
  /** Show the cell; without effect where it is gone. */
  reveal(cell: string): void;
  /** Run the cell; without effect where it is gone. */
  run(cell: string): void;
  /** Run all of its cells, whichever notebook is in front; without effect where it was closed. */
  runAll(): void;
  /** The same, once its kernel was restarted, if the user agrees to that. */
  restartAndRunAll(): Promise<void>;
  /** Give cells these outputs, in the place of those that they show. */
  show(cells: readonly IAcceptedCell[]): void;
}

/** What is known of a notebook's checks. */
export interface ICheck {
  /** The newest one. */
  readonly job: IJob | null;
  /** What it found; null while it has not finished. */
  readonly report: IReport | null;
  readonly problem: Problem | null;
  /** What was asked of the server and has not been answered. */
  readonly pending: 'start' | 'cancel' | null;
  /** Whether cells were run or edited, or inputs changed, since it started. */
  readonly outdated: boolean;
}

/** The checks and searches for fixes that the server knows. */
export interface IJobs {
  /** Tells the path of the notebook that a job is about. */
  readonly changed: ISignal<IJobs, string>;
  /** All of them, newest first. */
  readonly all: readonly IJob[];
  newest(kind: JobKind, path: string): IJob | null;
  /** Save the notebook and start a job; one of that kind that is under way goes on. */
  start(kind: JobKind, notebook: IFollowedNotebook): Promise<IJob | null>;
  cancel(job: IJob): Promise<void>;
}

/** Whether a notebook would reproduce, in one word; `reasons` counts what speaks against it. */
export interface IVerdict {
  state: 'reproduces' | 'not-checked' | 'changed' | 'would-not-reproduce';
  reasons: number;
}

/** One open notebook, its live record, and its last check. */
export interface INotebookModel {
  readonly changed: ISignal<INotebookModel, void>;
  readonly notebook: IFollowedNotebook;
  /** null until the server has answered. */
  readonly live: ILive | null;
  /** Why `live` could not be brought up to date. */
  readonly problem: Problem | null;
  readonly check: ICheck;
  readonly verdict: IVerdict;
  startCheck(): Promise<void>;
  cancelCheck(): Promise<void>;
}

/** What is known of the open notebooks. */
export interface IReproducibilityModel {
  /** Another notebook is the current one. */
  readonly currentChanged: ISignal<IReproducibilityModel, INotebookModel | null>;
  readonly current: INotebookModel | null;
  /** All open ones. */
  readonly all: readonly INotebookModel[];
  readonly jobs: IJobs;
  /** That of an open notebook. */
  of(panel: NotebookPanel): INotebookModel;
}

export const IReproducibilityModel = new Token<IReproducibilityModel>(
  'jupyter-prov:IReproducibilityModel',
  'What is known of how the open notebooks came to be, and of their checks.'
);

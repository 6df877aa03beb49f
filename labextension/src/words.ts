/** What the panel says: sentences, names and symbols for what the server tells in codes. */

import type { TranslationBundle } from '@jupyterlab/translation';
import type { Problem } from './problem';
import type {
  CellMark,
  CellVerdict,
  Confidence,
  ICellReport,
  IFix,
  IJob,
  ILive,
  INotebookModel,
  IReport,
  ISession,
  IVerdict,
  Mark,
  Outcome,
  Phase
} from './tokens';

/** A word and a symbol that says the same without colour. */
export interface ISign {
  symbol: string;
  word: string;
}

/** From the best to the least, as reports count them. */
const VERDICTS: CellVerdict[] = ['identical', 'equivalent', 'differs', 'failed', 'unrecorded', 'skipped'];

export function verdictSign(trans: TranslationBundle, verdict: CellVerdict): ISign {
  const signs: Record<CellVerdict, ISign> = {
    identical: { symbol: '✓', word: trans.__('identical') },
    equivalent: { symbol: '≈', word: trans.__('equivalent') },
    differs: { symbol: '≠', word: trans.__('differs') },
    failed: { symbol: '✗', word: trans.__('failed') },
    unrecorded: { symbol: '○', word: trans.__('unrecorded') },
    skipped: { symbol: '–', word: trans.__('skipped') }
  };
  return signs[verdict];
}

/** Whether the notebook would reproduce. */
export function standing(trans: TranslationBundle, state: IVerdict['state']): ISign {
  const signs: Record<IVerdict['state'], ISign> = {
    reproduces: { symbol: '✓', word: trans.__('Reproduces') },
    'not-checked': { symbol: '○', word: trans.__('Not checked') },
    changed: { symbol: '↻', word: trans.__('Changed since the check') },
    'would-not-reproduce': { symbol: '≠', word: trans.__('Would not reproduce') }
  };
  return signs[state];
}

export function reasons(trans: TranslationBundle, count: number): string {
  return trans._n('%1 reason', '%1 reasons', count);
}

export function markSign(trans: TranslationBundle, mark: Mark): ISign {
  const signs: Record<Mark, ISign> = {
    'out-of-order': { symbol: '⇅', word: trans.__('out of order') },
    'run-again': { symbol: '↻', word: trans.__('run again') },
    edited: { symbol: '✎', word: trans.__('edited since') },
    deleted: { symbol: '⌫', word: trans.__('deleted') },
    used: { symbol: '!', word: trans.__('still used') }
  };
  // A newer server may know marks that this panel does not.
  return (signs as Partial<typeof signs>)[mark] ?? { symbol: '•', word: mark };
}

export function cellMark(trans: TranslationBundle, mark: CellMark): string {
  const words: Record<CellMark, string> = {
    stale: trans.__('Stale'),
    'out-of-order': trans.__('Out of order'),
    unseeded: trans.__('Unseeded randomness'),
    clock: trans.__('Reads the clock'),
    'changed-input': trans.__('Changed input')
  };
  return (words as Partial<typeof words>)[mark] ?? mark;
}

/** null for an execution that ended well, which needs no word. */
export function outcomeSign(trans: TranslationBundle, outcome: Outcome): ISign | null {
  switch (outcome) {
    case 'running':
      return { symbol: '▸', word: trans.__('running') };
    case 'error':
      return { symbol: '✗', word: trans.__('error') };
    case 'unfinished':
      return { symbol: '✗', word: trans.__('did not finish') };
    default:
      return null;
  }
}

export function confidence(trans: TranslationBundle, level: Confidence): string {
  const words: Record<Confidence, string> = {
    proven: trans.__('Proven:'),
    recorded: trans.__('Recorded:'),
    suspected: trans.__('Suspected:')
  };
  return words[level];
}

export function confidenceTitle(trans: TranslationBundle, level: Confidence): string {
  const words: Record<Confidence, string> = {
    proven: trans.__('An experiment showed it.'),
    recorded: trans.__('The record and the re-run differ there, and nowhere else.'),
    suspected: trans.__('Only the code suggests it.')
  };
  return words[level];
}

/** A place in the notebook, with cells counted from 1 as the panel does. */
export function place(trans: TranslationBundle, position: number, line: number | null): string {
  return line === null ? trans.__('cell %1', position) : trans.__('cell %1, line %2', position, line);
}

/** The verdict of a cell with what the reader has to know of it. */
export function cellVerdict(trans: TranslationBundle, cell: ICellReport): string {
  const { word } = verdictSign(trans, cell.verdict);
  if (cell.accepted) {
    return trans.__('%1, accepted', word);
  }
  if (!cell.volatile) {
    return word;
  }
  return cell.reason ? trans.__('%1, volatile: %2', word, cell.reason) : trans.__('%1, volatile', word);
}

/** The phases of a check that a reader is shown, in their order. */
export function phases(trans: TranslationBundle): [Phase, string][] {
  return [
    ['environment', trans.__('Environment')],
    ['rerun', trans.__('Re-run')],
    ['compare', trans.__('Compare')],
    ['explain', trans.__('Explain')]
  ];
}

/** How far a job is. */
export function phase(trans: TranslationBundle, job: IJob): string {
  if (job.state === 'queued') {
    return job.ahead > 0
      ? trans._n('Waiting: %1 is before it', 'Waiting: %1 are before it', job.ahead)
      : trans.__('Waiting …');
  }
  const words: Record<Phase, string> = {
    environment: trans.__('Building the environment'),
    stage: trans.__('Copying the project'),
    rerun: trans.__('Running cells'),
    compare: trans.__('Comparing outputs'),
    explain: trans.__('Looking for causes'),
    done: trans.__('Finishing')
  };
  const text = job.phase === null ? trans.__('Starting') : words[job.phase];
  return job.total > 0 ? trans.__('%1: %2 of %3', text, job.done, job.total) : `${text} …`;
}

/** What a check that has ended found. */
export function outcome(trans: TranslationBundle, job: IJob): string {
  if (job.state === 'cancelled') {
    return trans.__('The check was cancelled.');
  }
  if (job.report === null) {
    return job.message || trans.__('The check failed, and did not say why.');
  }
  if (job.report.verdict === 'reproduced') {
    return trans.__('Reproduced');
  }
  const { differs, failed } = job.report.counts;
  const reasons = [
    differs > 0 ? trans._n('%1 cell differs', '%1 cells differ', differs) : '',
    failed > 0 ? trans._n('%1 cell failed', '%1 cells failed', failed) : ''
  ].filter(Boolean);
  return reasons.length > 0 ? trans.__('Not reproduced: %1', reasons.join(', ')) : trans.__('Not reproduced');
}

/** What a job is at, or what came of it. */
export function jobState(trans: TranslationBundle, job: IJob): string {
  if (job.state === 'queued' || job.state === 'running') {
    return job.kind === 'fix' ? trans.__('looking for a fix: %1', phase(trans, job)) : phase(trans, job);
  }
  if (job.kind === 'fix') {
    return job.state === 'finished' ? trans.__('a fix was looked for') : outcome(trans, job);
  }
  const report = job.report;
  return job.state === 'finished' && report === null ? trans.__('checked') : outcome(trans, job);
}

/** The counts of a report in a line: "5 identical, 1 differs". */
export function counts(trans: TranslationBundle, report: IReport): string {
  return VERDICTS.filter(name => report.counts[name] > 0)
    .map(name => `${report.counts[name]} ${verdictSign(trans, name).word}`)
    .join(', ');
}

export function runs(trans: TranslationBundle, report: IReport): string {
  return trans._n('%1 run, %2', '%1 runs, %2', report.runs, seconds(report.seconds));
}

export function seconds(value: number): string {
  if (value < 1) {
    return `${Math.round(value * 1000)}\u00a0ms`;
  }
  return value < 60
    ? `${value.toFixed(1)}\u00a0s`
    : `${Math.floor(value / 60)}\u00a0min ${Math.floor(value % 60)}\u00a0s`;
}

/** One sentence on what went wrong, and what to do. */
export function problem(trans: TranslationBundle, trouble: Problem): string {
  switch (trouble.kind) {
    case 'missing':
      return trans.__(
        'The server part of jupyter-prov is not running: enable it with "jupyter server extension enable jupyter_prov" and restart the server.'
      );
    case 'unreachable':
      return trans.__('The server cannot be reached.');
    case 'elsewhere':
      return trans.__(
        'This notebook is kept on another drive (%1), where this server cannot follow it: it is neither recorded nor checked here.',
        trouble.message
      );
    case 'lost':
      return trans.__('The server was restarted and has forgotten the check: start it again.');
    case 'unsaved':
      return trans.__('The notebook could not be saved, so nothing was done.');
    case 'server':
      return trouble.message
        ? trans.__('The server answered with error %1: %2', trouble.status, trouble.message)
        : trans.__('The server answered with error %1.', trouble.status);
  }
}

/** Why the notebook cannot be checked now; null if it can. */
export function whyNotCheck(trans: TranslationBundle, model: INotebookModel | null): string | null {
  if (!model) {
    return trans.__('There is no notebook to check.');
  }
  if (model.problem) {
    return problem(trans, model.problem);
  }
  if (model.live && !isRecorded(model.live)) {
    return trans.__('Nothing is recorded of this notebook yet: run its cells first.');
  }
  return null;
}

/** Whether there is a record, or will be one once the notebook is saved. */
export function isRecorded(live: ILive): boolean {
  return live.executions.length > 0 || live.recorded;
}

export function session(trans: TranslationBundle, { number, python, started }: ISession): string {
  return trans.__('Session %1, Python %2, since %3', number, python, new Date(started).toLocaleString());
}

/** Text for what a report may hold as a text or as an object. */
export function plain(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** What the server says in fixed words, in the reader's language where a translation has them. */
export function told(trans: TranslationBundle, text: string): string {
  return text.includes('%') ? text : trans.__(text);
}

/** Whether a check of the notebook is under way. */
export function isRunning(model: INotebookModel | null): boolean {
  const state = model?.check.job?.state;
  return state === 'queued' || state === 'running';
}

/** What is left to do when the edits of a fix are in the notebook. */
export function applied(trans: TranslationBundle, fix: IFix): string {
  const steps = [trans.__('The fix is in the notebook: restart the kernel, run all cells and save.')];
  if (fix.files.length > 0) {
    const names = fix.files.map(({ path }) => path).join(', ');
    steps.push(
      trans.__('Files beside it were not changed (%1): "jupyter prov fix --write" does that.', names)
    );
  }
  if (fix.left.length > 0) {
    steps.push(trans._n('%1 cell will still differ.', '%1 cells will still differ.', fix.left.length));
  }
  return steps.join(' ');
}

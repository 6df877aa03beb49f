/** Whether a notebook would reproduce, from what its session shows and what its check found. */

import type { ICause, ICheck, ICellReport, IJob, ILive, IReport, IVerdict } from './tokens';

export function verdictOf(live: ILive | null, check: ICheck): IVerdict {
  const speaking = live?.reasons.filter(reason => !reason.weak).length ?? 0;
  // Accepted outputs are others than those that were checked.
  if (check.report && (check.outdated || check.report.cells.some(cell => cell.accepted))) {
    return { state: 'changed', reasons: speaking };
  }
  if (check.report) {
    return check.report.verdict === 'reproduced'
      ? { state: 'reproduces', reasons: 0 }
      : { state: 'would-not-reproduce', reasons: countOfReasons(check.report) };
  }
  return { state: speaking > 0 ? 'would-not-reproduce' : 'not-checked', reasons: speaking };
}

/** A cause of differences, and the cells that show it. */
export interface IReportedCause {
  cause: ICause;
  cells: ICellReport[];
}

/** The causes of what keeps a notebook from reproducing, each once. */
export function causesOf(report: IReport): IReportedCause[] {
  const found = new Map<string, IReportedCause>();
  for (const cell of report.cells.filter(isBad)) {
    for (const cause of cell.causes) {
      const key = JSON.stringify([cause.kind, cause.cell, cause.line, cause.explanation]);
      const known = found.get(key);
      if (known) {
        known.cells.push(cell);
      } else {
        found.set(key, { cause, cells: [cell] });
      }
    }
  }
  return [...found.values()];
}

/** Whether a cell keeps its notebook from having reproduced. */
export function isBad(cell: ICellReport): boolean {
  return (cell.verdict === 'differs' || cell.verdict === 'failed') && !cell.volatile && !cell.accepted;
}

/** A cell of which nobody knows why it differs has one reason too. */
function countOfReasons(report: IReport): number {
  const unexplained = report.cells.filter(cell => isBad(cell) && cell.causes.length === 0).length;
  return causesOf(report).length + unexplained;
}

/** Whether anything that a check rests on has changed since it started; of edits that are not saved only we know. */
export function isOutdated(
  job: IJob,
  live: ILive | null,
  cells: ReadonlyMap<string, number | null>
): boolean {
  const started = job.started === null ? Infinity : Date.parse(job.started);
  const ran = live?.executions.some(execution => Date.parse(execution.started) > started) ?? false;
  return job.outdated || ran || (job.cells !== undefined && !areSame(job.cells, cells));
}

function areSame(checked: NonNullable<IJob['cells']>, cells: ReadonlyMap<string, number | null>): boolean {
  const code = checked.filter(({ source }) => source !== null);
  const now = [...cells].filter(([, source]) => source !== null);
  return (
    code.length === now.length &&
    code.every(({ id, source }, index) => now[index]?.[0] === id && now[index][1] === source)
  );
}

/** Where the points and lines of the picture of the order go. Knows nothing of how they look. */

import type { IExecution, Mark } from './tokens';

/** Pixels between two executions, and between two cells, where there is room. */
const STEP_X = 22;
const STEP_Y = 15;
/** Pixels that the cells take up at most, and that are left free around. */
const TALLEST = 210;
const MARGIN = 9;

/** One execution; `x` and `y` are pixels from the left and from the top. */
export interface IPoint {
  execution: IExecution;
  marks: readonly Mark[];
  x: number;
  y: number;
}

export interface IDrawn {
  points: IPoint[];
  height: number;
  /** SVG paths: from execution to execution down the notebook, and back up. */
  onward: string;
  back: string;
  /** Above it are the notebook's cells, below it those that are gone; null where none is. */
  lane: number | null;
}

/** The picture of executions, oldest first, over the code cells of a notebook, from top to bottom. */
export function drawn(executions: readonly IExecution[], cells: readonly string[], width: number): IDrawn {
  const rows = new Map(cells.map((cell, index) => [cell, index]));
  const stepX = Math.min(STEP_X, (width - 2 * MARGIN) / Math.max(1, executions.length - 1));
  const stepY = Math.min(STEP_Y, TALLEST / Math.max(1, cells.length - 1));
  const bottom = MARGIN + stepY * Math.max(0, cells.length - 1);
  const points = executions.map((execution, index) => {
    const row = rows.get(execution.cell ?? '');
    return {
      execution,
      marks: execution.marks,
      x: round(MARGIN + index * stepX),
      y: round(row === undefined ? bottom + 2 * MARGIN : MARGIN + row * stepY)
    };
  });
  const anyGone = executions.some(({ cell }) => !rows.has(cell ?? ''));
  const lines = points.slice(1).map((point, index) => lineTo(points[index], point));
  return {
    points,
    height: Math.ceil(bottom + (anyGone ? 3 : 1) * MARGIN),
    onward: lines
      .filter(line => !line.isBack)
      .map(line => line.path)
      .join(''),
    back: lines
      .filter(line => line.isBack)
      .map(line => line.path)
      .join(''),
    lane: anyGone ? bottom + MARGIN : null
  };
}

function lineTo(from: IPoint | undefined, to: IPoint): { path: string; isBack: boolean } {
  const start = from ?? to;
  return { path: `M${start.x} ${start.y}L${to.x} ${to.y}`, isBack: to.y < start.y };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

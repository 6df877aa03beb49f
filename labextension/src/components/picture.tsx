/** The picture of the order: each execution a point, from left to right as run, from top to bottom as in the notebook. */

import type { TranslationBundle } from '@jupyterlab/translation';
import { useLayoutEffect, useRef, useState } from 'react';
import type { JSX, MouseEvent, RefObject } from 'react';
import { drawn, type IPoint } from '../orderPlot';
import type { IExecution, Mark } from '../tokens';
import * as words from '../words';
import type { IPlaces } from './places';

/** Of more executions only the marked ones are points; the others are corners of the line. */
const POINTS = 300;
/** Pixels around a point that count as a click on it. */
const REACH = 24;

interface IPictureProps {
  executions: readonly IExecution[];
  places: IPlaces;
  trans: TranslationBundle;
}

export function Picture({ executions, places, trans }: IPictureProps): JSX.Element {
  const svg = useRef<SVGSVGElement>(null);
  const width = useWidth(svg);
  const { points, height, onward, back, lane } = drawn(executions, places.codeCells, width);
  const shown = points.length > POINTS ? points.filter(point => point.marks.length > 0) : points;
  const onClick = (event: MouseEvent): void => {
    const box = event.currentTarget.getBoundingClientRect();
    const nearest = closest(points, event.clientX - box.left, event.clientY - box.top);
    places.ofId(nearest?.execution.cell ?? null)?.go();
  };
  return (
    <figure className="jp-Prov-picture">
      <svg
        ref={svg}
        role="img"
        aria-label={described(trans, points)}
        height={height}
        width="100%"
        onClick={onClick}
      >
        {lane !== null && <line className="jp-Prov-lane" x1={0} x2={width} y1={lane} y2={lane} />}
        <path className="jp-Prov-onward" d={onward} />
        <path className="jp-Prov-back" d={back} />
        {shown.map(point => (
          <Point key={point.execution.number} point={point} places={places} trans={trans} />
        ))}
      </svg>
      <figcaption>
        {trans.__('From left to right as run, from top to bottom as in the notebook.')}
        <Legend points={points} trans={trans} />
      </figcaption>
    </figure>
  );
}

interface IPointProps {
  point: IPoint;
  places: IPlaces;
  trans: TranslationBundle;
}

function Point({ point, places, trans }: IPointProps): JSX.Element {
  const { execution, marks, x, y } = point;
  const place = places.ofId(execution.cell);
  const where = place ? trans.__('cell %1', place.position) : trans.__('no cell of the notebook now');
  const said = marks.map(mark => words.markSign(trans, mark).word);
  return (
    <path
      className="jp-Prov-point"
      data-cell={execution.cell ?? ''}
      data-marks={marks.join(' ')}
      d={shape(marks)}
      transform={`translate(${x} ${y})`}
    >
      <title>{[trans.__('Execution %1, %2', execution.number, where), ...said].join(', ')}</title>
    </path>
  );
}

/** A sign of its own for each mark, so that no colour is needed: the gravest decides. */
function shape(marks: readonly Mark[]): string {
  if (marks.includes('deleted')) {
    return 'M-4-4 4 4M-4 4 4-4';
  }
  if (marks.includes('out-of-order')) {
    return 'M0-5 5 4H-5z';
  }
  if (marks.includes('edited')) {
    return 'M0-5 5 0 0 5-5 0z';
  }
  return 'M-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0-7 0z';
}

/** What the signs of this picture mean, and how often each is there. */
function Legend({ points, trans }: { points: readonly IPoint[]; trans: TranslationBundle }): JSX.Element {
  return (
    <ul className="jp-Prov-legend">
      {counted(points).map(([mark, count]) => (
        <li key={mark}>
          <svg width="12" height="12" viewBox="-6 -6 12 12" aria-hidden="true">
            <path className="jp-Prov-point" data-marks={drawnAs(mark).join(' ')} d={shape(drawnAs(mark))} />
          </svg>{' '}
          {count} {words.markSign(trans, mark).word}
        </li>
      ))}
    </ul>
  );
}

/** What is used of something deleted is drawn as something deleted, only stronger. */
function drawnAs(mark: Mark): Mark[] {
  return mark === 'used' ? ['deleted', 'used'] : [mark];
}

function counted(points: readonly IPoint[]): [Mark, number][] {
  const marks: Mark[] = ['out-of-order', 'run-again', 'edited', 'deleted', 'used'];
  return marks
    .map((mark): [Mark, number] => [mark, points.filter(point => point.marks.includes(mark)).length])
    .filter(([, count]) => count > 0);
}

function described(trans: TranslationBundle, points: readonly IPoint[]): string {
  const runs = trans._n('Order of %1 execution', 'Order of %1 executions', points.length);
  const marks = counted(points).map(([mark, count]) => `${count} ${words.markSign(trans, mark).word}`);
  return [runs, ...marks].join(', ');
}

function closest(points: readonly IPoint[], x: number, y: number): IPoint | null {
  const distance = (point: IPoint): number => Math.hypot(point.x - x, point.y - y);
  const nearest = points.reduce<IPoint | null>(
    (best, point) => (best && distance(best) <= distance(point) ? best : point),
    null
  );
  return nearest && distance(nearest) <= REACH ? nearest : null;
}

function useWidth(node: RefObject<Element>): number {
  const [width, setWidth] = useState(260);
  useLayoutEffect(() => {
    const observer = new ResizeObserver(([entry]) => {
      if (entry && entry.contentRect.width > 0) {
        setWidth(Math.round(entry.contentRect.width));
      }
    });
    if (node.current) {
      observer.observe(node.current);
    }
    return () => observer.disconnect();
  }, [node]);
  return width;
}

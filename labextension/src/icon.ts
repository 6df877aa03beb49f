/** The icons: the panel's own, a run that comes round to the same result, and those of the marks. */

import { LabIcon } from '@jupyterlab/ui-components';
import type { CellMark } from './tokens';

export const provIcon = new LabIcon({
  name: 'jupyter-prov:icon',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">
  <g class="jp-icon3" fill="#616161">
    <path d="M12 4a8 8 0 0 1 7.75 6h-2.1A6 6 0 1 0 17.9 13h2.03A8 8 0 1 1 12 4z"/>
    <path d="M21.5 6.2v5.6h-5.6z"/>
    <path d="M10.9 15.6 7.7 12.4l1.3-1.3 1.9 1.9 4-4 1.3 1.3z"/>
  </g>
</svg>`
});

function markIcon(mark: CellMark, path: string): LabIcon {
  return new LabIcon({
    name: `jupyter-prov:${mark}`,
    svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">
  <path class="jp-icon3" fill="#616161" d="${path}"/>
</svg>`
  });
}

/** A pencil, two arrows, a die, a clock, a sheet with an exclamation mark. */
export const markIcons: Readonly<Record<CellMark, LabIcon>> = {
  stale: markIcon('stale', 'M4 16.5V20h3.5L18 9.5 14.5 6zM20.7 6.8 17.2 3.3 15.5 5 19 8.5z'),
  'out-of-order': markIcon('out-of-order', 'M8 3l5 5h-3.5v9h-3V8H3zM16 21l-5-5h3.5V7h3v9H21z'),
  unseeded: markIcon(
    'unseeded',
    'M5 3h14a2 2 0 0 1 2 2v14a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2zm0 2v14h14V5zM8.5 7' +
      'a1.5 1.5 0 1 1 0 3 1.5 1.5 0 0 1 0-3zM12 10.5a1.5 1.5 0 1 1 0 3 1.5 1.5 0 0 1 0-3zM15.5 14' +
      'a1.5 1.5 0 1 1 0 3 1.5 1.5 0 0 1 0-3z'
  ),
  clock: markIcon(
    'clock',
    'M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18zm0 2a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM11 7h2v4.6l3.2 1.9-1 1.7L11 12.700z'
  ),
  'changed-input': markIcon(
    'changed-input',
    'M6 2h8l5 5v13a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2V4a2 2 0 0 1 2-2zm0 2v16h11V8h-4V4zM10.5 10h2v5h-2zM10.5 16.5h2v2h-2z'
  )
};

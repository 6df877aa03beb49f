/** The panel's icon: a run that comes round to the same result. */

import { LabIcon } from '@jupyterlab/ui-components';

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

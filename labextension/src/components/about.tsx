/** What the check worked with: environment, inputs, and what it could not see. */

import type { TranslationBundle } from '@jupyterlab/translation';
import type { JSX } from 'react';
import type { IReport } from '../tokens';
import * as words from '../words';
import { Fold, Sign } from './fold';

interface ILine {
  text: string;
  isWarning?: boolean;
}

interface IAboutProps {
  report: IReport;
  trans: TranslationBundle;
}

export function About({ report, trans }: IAboutProps): JSX.Element {
  const { environment, inputs } = report;
  const moved = inputs.filter(input => input.status !== 'same');
  const lines: ILine[] = [
    {
      text: trans.__(
        'Python %1, %2 packages (%3)',
        environment.python,
        environment.packages,
        environment.source
      )
    },
    {
      text: trans._n(
        '%1 input, %2 unchanged',
        '%1 inputs, %2 unchanged',
        inputs.length,
        inputs.length - moved.length
      )
    },
    ...moved.map(input => ({ text: `${input.path}: ${input.status}`, isWarning: true })),
    ...report.blind_spots.map(spot => ({ text: words.plain(spot), isWarning: true }))
  ];
  return (
    <Fold name="check" title={trans.__('About the check')}>
      <Lines lines={lines} trans={trans} />
    </Fold>
  );
}

/** In what the checked environment differs from the session's; nothing where it does not. */
export function PackageDifferences({ report, trans }: IAboutProps): JSX.Element | null {
  const { missing, changed } = report.environment;
  const lines: ILine[] = [
    ...missing.map(name => ({
      text: trans.__('%1 is not in the checked environment', words.plain(name)),
      isWarning: true
    })),
    ...changed.map(change => ({
      text: trans.__('%1 in the checked environment', words.plain(change)),
      isWarning: true
    }))
  ];
  return lines.length === 0 ? null : <Lines lines={lines} trans={trans} />;
}

function Lines({ lines, trans }: { lines: readonly ILine[]; trans: TranslationBundle }): JSX.Element {
  return (
    <ul className="jp-Prov-list">
      {lines.map(({ text, isWarning }, index) => (
        <li key={index} className="jp-Prov-row" data-level={isWarning ? 'warning' : 'info'}>
          <span className="jp-Prov-rowBody">
            {isWarning && (
              <Sign sign={{ symbol: '⚠', word: trans.__('warning') }} className="jp-Prov-warning" isShort />
            )}
            <bdi className="jp-Prov-rowText">{text}</bdi>
          </span>
        </li>
      ))}
    </ul>
  );
}

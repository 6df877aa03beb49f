/** The outputs of a cell, recorded and re-run, each pair in the way that suits what it is. */

import type { TranslationBundle } from '@jupyterlab/translation';
import { useMemo } from 'react';
import type { JSX } from 'react';
import type { ICellOutputs, IOutputVerdict } from '../tokens';
import { ImageDiff, OneImage } from './image';
import { pairsOf } from './pairs';
import type { IPair, Kind } from './pairs';
import { HtmlDiff } from './tablediff';
import { TextDiff } from './textdiff';

interface IOutputsProps {
  outputs: ICellOutputs;
  verdicts: readonly IOutputVerdict[];
  trans: TranslationBundle;
}

export function Outputs({ outputs, verdicts, trans }: IOutputsProps): JSX.Element {
  const pairs = useMemo(() => pairsOf(outputs), [outputs]);
  if (pairs.length === 0) {
    return <p className="jp-Prov-hint">{trans.__('The cell shows nothing, neither recorded nor re-run.')}</p>;
  }
  return (
    <>
      {pairs.map((pair, index) => (
        <Pair key={index} pair={pair} verdict={verdicts.find(one => one.index === index)} trans={trans} />
      ))}
    </>
  );
}

interface IPairProps {
  pair: IPair;
  verdict: IOutputVerdict | undefined;
  trans: TranslationBundle;
}

function Pair({ pair, verdict, trans }: IPairProps): JSX.Element {
  const { recorded, rerun, unknown } = pair;
  const noise = verdict?.noise ?? [];
  const isAlike = recorded !== null && rerun !== null && recorded.kind === rerun.kind;
  return (
    <div className="jp-Prov-pair" data-kind={isAlike ? recorded.kind : 'unlike'}>
      {noise.length > 0 && <p className="jp-Prov-hint">{trans.__('Noise: %1', noise.join(', '))}</p>}
      {!recorded && <p className="jp-Prov-hint">{trans.__('The record has no such output.')}</p>}
      {!rerun && <p className="jp-Prov-hint">{trans.__('The re-run showed no such output.')}</p>}
      {unknown.length > 0 && <Unknown mimes={unknown} trans={trans} />}
      {isAlike ? (
        <Seen
          kind={recorded.kind}
          label={recorded.mime}
          recorded={recorded.text}
          rerun={rerun.text}
          trans={trans}
        />
      ) : (
        <>
          {recorded && (
            <Seen
              kind={recorded.kind}
              label={recorded.mime}
              recorded={recorded.text}
              rerun={null}
              trans={trans}
            />
          )}
          {rerun && (
            <Seen kind={rerun.kind} label={rerun.mime} recorded={null} rerun={rerun.text} trans={trans} />
          )}
        </>
      )}
    </div>
  );
}

/** What no view of ours can show, by its name. */
function Unknown({ mimes, trans }: { mimes: readonly string[]; trans: TranslationBundle }): JSX.Element {
  return (
    <p className="jp-Prov-hint">
      {trans.__('This output cannot be shown here:')} <bdi>{mimes.join(', ')}</bdi>
    </p>
  );
}

interface ISeenProps {
  kind: Kind;
  label: string;
  /** null where that side has nothing of this kind. */
  recorded: string | null;
  rerun: string | null;
  trans: TranslationBundle;
}

function Seen({ kind, label, recorded, rerun, trans }: ISeenProps): JSX.Element | null {
  switch (kind) {
    case 'image':
      return <Images recorded={recorded} rerun={rerun} trans={trans} />;
    case 'table':
    case 'html':
      return <HtmlDiff recorded={recorded} rerun={rerun} trans={trans} />;
    case 'other':
      return null;
    default:
      return <TextDiff recorded={recorded} rerun={rerun} label={label} trans={trans} />;
  }
}

function Images({ recorded, rerun, trans }: Pick<ISeenProps, 'recorded' | 'rerun' | 'trans'>): JSX.Element {
  if (recorded !== null && rerun !== null) {
    return <ImageDiff recorded={recorded} rerun={rerun} trans={trans} />;
  }
  return (
    <div className="jp-Prov-sides">
      {recorded === null ? <span /> : <OneImage src={recorded} name={trans.__('Recorded')} trans={trans} />}
      {rerun === null ? <span /> : <OneImage src={rerun} name={trans.__('Re-run')} trans={trans} />}
    </div>
  );
}

/** A line of text as one side shows it, with what changed marked for the eye and the ear. */

import type { TranslationBundle } from '@jupyterlab/translation';
import type { JSX } from 'react';
import type { IExcerpt } from './lines';

export type Side = 'old' | 'new';

interface IExcerptProps {
  excerpt: IExcerpt;
  side: Side;
  trans: TranslationBundle;
}

/** Foreign text in a direction of its own, which turns nothing beside it. */
export function Excerpt({ excerpt, side, trans }: IExcerptProps): JSX.Element {
  const Changed = side === 'old' ? 'del' : 'ins';
  return (
    <bdi>
      {excerpt.before > 0 && <Gap characters={excerpt.before} trans={trans} />}
      {excerpt.parts.map(({ text, isChanged }, index) =>
        isChanged ? <Changed key={index}>{text}</Changed> : <span key={index}>{text}</span>
      )}
      {excerpt.after > 0 && <Gap characters={excerpt.after} trans={trans} />}
    </bdi>
  );
}

function Gap({ characters, trans }: { characters: number; trans: TranslationBundle }): JSX.Element {
  return (
    <span className="jp-Prov-gap" title={trans._n('%1 character more', '%1 characters more', characters)}>
      …
    </span>
  );
}

/** How many lines or rows are shown at first. */
export const PAGE = 100;

/** Leads from a part of something long to more of it; nothing where all is shown. */
export function More({
  hidden,
  show,
  trans
}: {
  hidden: number;
  show: () => void;
  trans: TranslationBundle;
}): JSX.Element | null {
  return hidden > 0 ? (
    <button type="button" className="jp-Prov-more" onClick={show}>
      {trans.__('Show more (%1 left)', hidden)}
    </button>
  ) : null;
}

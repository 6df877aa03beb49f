/** What all parts of the panel are made of: folds, long lists, signs, links to cells. */

import { caretDownIcon } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import { useState } from 'react';
import type { JSX, ReactNode } from 'react';
import type { ISign } from '../words';

/** How many rows of a list are shown at first, and how many more at a time. */
const PAGE = 100;

interface IFoldProps {
  name: string;
  title: string;
  /** Stands at the right of the title, whether open or not. */
  note?: ReactNode;
  open?: boolean;
  children: ReactNode;
}

/** A foldable section; the reader's choice of open or not lasts as long as the panel shows it. */
export function Fold({ name, title, note, open, children }: IFoldProps): JSX.Element {
  return (
    <details className="jp-Prov-section" data-section={name} open={open}>
      <summary className="jp-Prov-sectionTitle">
        <caretDownIcon.react className="jp-Prov-caret" tag="span" elementSize="normal" />
        <h3>{title}</h3>
        <span className="jp-Prov-note">{note}</span>
      </summary>
      {children}
    </details>
  );
}

interface IPagedProps<T> {
  items: readonly T[];
  trans: TranslationBundle;
  /** Which end is shown first. */
  from: 'start' | 'end';
  children: (item: T, index: number) => ReactNode;
}

/** A list that shows one end of many items, and a button for more. */
export function Paged<T>({ items, trans, from, children }: IPagedProps<T>): JSX.Element {
  const [limit, setLimit] = useState(PAGE);
  const hidden = Math.max(0, items.length - limit);
  const start = from === 'end' ? hidden : 0;
  const more = hidden > 0 && (
    <button type="button" className="jp-Prov-more" onClick={() => setLimit(limit + 10 * PAGE)}>
      {from === 'end' ? trans.__('Show %1 earlier', hidden) : trans.__('Show %1 more', hidden)}
    </button>
  );
  return (
    <>
      {from === 'end' && more}
      <ol className="jp-Prov-list">
        {items.slice(start, start + limit).map((item, index) => children(item, start + index))}
      </ol>
      {from === 'start' && more}
    </>
  );
}

/** A symbol with its word; the symbol is for the eye only. */
export function Sign({ sign, className }: { sign: ISign; className?: string }): JSX.Element {
  return (
    <span className={className ? `jp-Prov-sign ${className}` : 'jp-Prov-sign'}>
      <span aria-hidden="true">{sign.symbol}</span> {sign.word}
    </span>
  );
}

interface IGoProps {
  /** null where there is nothing to go to: then it is text. */
  go: (() => void) | null;
  className: string;
  title?: string;
  children: ReactNode;
}

/** Something that leads to a cell. */
export function Go({ go, className, title, children }: IGoProps): JSX.Element {
  if (!go) {
    return (
      <span className={className} title={title}>
        {children}
      </span>
    );
  }
  return (
    <button type="button" className={`${className} jp-Prov-go`} title={title} onClick={go}>
      {children}
    </button>
  );
}

/** What all parts of the panel are made of: folds, long lists, signs, links to cells. */

import { caretDownIcon } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import { useState } from 'react';
import type { JSX, ReactNode } from 'react';
import type { ISign } from '../words';

/** How many rows of a list are shown at first. */
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
  /** How many are shown at first. */
  page?: number;
  children: (item: T, index: number) => ReactNode;
}

/** A list that shows the beginning of many items, and a button for more. */
export function Paged<T>({ items, trans, page = PAGE, children }: IPagedProps<T>): JSX.Element {
  const [limit, setLimit] = useState(page);
  const hidden = Math.max(0, items.length - limit);
  return (
    <>
      <ul className="jp-Prov-list">{items.slice(0, limit).map(children)}</ul>
      {hidden > 0 && (
        <button type="button" className="jp-Prov-more" onClick={() => setLimit(limit + 10 * page)}>
          {trans.__('Show %1 more', hidden)}
        </button>
      )}
    </>
  );
}

interface ISignProps {
  sign: ISign;
  className?: string;
  /** Whether the word is for the ear and the pointer only. */
  isShort?: boolean;
}

/** A symbol with its word; the symbol is for the eye only. */
export function Sign({ sign, className = '', isShort = false }: ISignProps): JSX.Element {
  return (
    <span className={`jp-Prov-sign ${className}`} title={isShort ? sign.word : undefined}>
      <span aria-hidden="true">{sign.symbol}</span>{' '}
      <span className={isShort ? 'jp-Prov-heard' : undefined}>{sign.word}</span>
    </span>
  );
}

interface IGoProps {
  /** null where there is nothing to go to: then it is text. */
  go: (() => void) | null;
  className: string;
  title?: string;
  tabIndex?: number;
  children: ReactNode;
}

/** Something that leads to a cell. */
export function Go({ go, className, title, tabIndex, children }: IGoProps): JSX.Element {
  if (!go) {
    return (
      <span className={className} title={title}>
        {children}
      </span>
    );
  }
  return (
    <button
      type="button"
      className={`${className} jp-Prov-go`}
      title={title}
      tabIndex={tabIndex}
      onClick={go}
    >
      {children}
    </button>
  );
}

/** What a fix would do, for somebody who decides whether it shall. */

import type { TranslationBundle } from '@jupyterlab/translation';
import { useMemo } from 'react';
import type { JSX } from 'react';
import { Excerpt } from '../compare/line';
import { wordsIn } from '../compare/lines';
import type { Folded, ILine } from '../compare/lines';
import { visible } from '../compare/text';
import type { IFix } from '../tokens';
import * as words from '../words';
import { cellChanges } from './changes';
import type { ICellChange } from './changes';

interface IPreviewProps {
  fix: IFix;
  /** The ids of the notebook's cells as they are now. */
  order: readonly string[];
  trans: TranslationBundle;
}

export function FixPreview({ fix, order, trans }: IPreviewProps): JSX.Element {
  const changes = useMemo(() => cellChanges(fix, order), [fix, order]);
  return (
    <div className="jp-Prov-fix">
      <p className="jp-Prov-fixVerdict" data-verified={fix.verified}>
        {verdict(trans, fix, changes.length > 0)}
      </p>
      <Reasons fix={fix} trans={trans} />
      {changes.map(change => (
        <CellDiff key={change.cell.id} change={change} trans={trans} />
      ))}
      <Files fix={fix} trans={trans} />
      <Left fix={fix} trans={trans} />
    </div>
  );
}

/** Whether what is shown holds, and how that is known. */
function verdict(trans: TranslationBundle, fix: IFix, hasEdits: boolean): string {
  const runs = trans._n('%1 run, %2', '%1 runs, %2', fix.runs, words.seconds(fix.seconds));
  if (!hasEdits && fix.files.length === 0) {
    return fix.verified && fix.left.length === 0
      ? trans.__('There is nothing to fix in the notebook: it reproduces as it is (%1).', runs)
      : trans.__('Nothing here can be fixed by an edit (%1).', runs);
  }
  if (!fix.verified) {
    return trans.__('These edits are not verified: clean re-runs with them did not agree (%1).', runs);
  }
  return fix.left.length > 0
    ? trans.__('Verified, but for the cells that are left: two clean re-runs of the others agree (%1).', runs)
    : trans.__('Verified: two clean re-runs of the edited notebook agree (%1).', runs);
}

/** A number for the cell with an id, counted from 1 in the fixed notebook; null where it is in none. */
function numberOf(fix: IFix, id: string): number | null {
  return fix.cells.findIndex(cell => cell.id === id) + 1 || null;
}

function Reasons({ fix, trans }: Omit<IPreviewProps, 'order'>): JSX.Element | null {
  if (fix.changes.length === 0) {
    return null;
  }
  return (
    <>
      <h3>{trans.__('What is done')}</h3>
      <ul className="jp-Prov-fixReasons">
        {fix.changes.map(({ kind, cell, sentence }, index) => {
          const number = numberOf(fix, cell);
          return (
            <li key={index} data-kind={kind}>
              <span className="jp-Prov-kind">{kindWord(trans, kind)}</span>{' '}
              {number === null ? '' : `${trans.__('cell %1:', number)} `}
              <bdi>{visible(sentence)}</bdi>
            </li>
          );
        })}
      </ul>
    </>
  );
}

/** The kinds of causes in a reader's words. */
function kindWord(trans: TranslationBundle, kind: string): string {
  const known: Partial<Record<string, string>> = {
    random: trans.__('Randomness'),
    clock: trans.__('Clock'),
    data: trans.__('Data'),
    code: trans.__('Code'),
    order: trans.__('Order'),
    package: trans.__('Packages'),
    'hash-seed': trans.__('Order of sets'),
    run: trans.__('Run')
  };
  return known[kind] ?? kind;
}

function CellDiff({ change, trans }: { change: ICellChange; trans: TranslationBundle }): JSX.Element {
  const { cell, number, place, was, diff } = change;
  const title = {
    new: trans.__('Cell %1 (new)', number),
    moved: trans.__('Cell %1 (moved, now cell %2)', number, was),
    kept: trans.__('Cell %1', number)
  }[place];
  return (
    <section className="jp-Prov-fixCell" data-cell={cell.id} data-place={place} aria-label={title}>
      <h3>{title}</h3>
      {diff && (
        <div
          className="jp-Prov-unified"
          role="group"
          aria-label={trans.__('Edits of cell %1', number)}
          tabIndex={0}
        >
          {diff.map((part, index) => (
            <Part key={index} part={part} trans={trans} />
          ))}
        </div>
      )}
      {cell.tags.length > 0 && (
        <p className="jp-Prov-fixTags">
          + {trans._n('tag', 'tags', cell.tags.length)} <bdi>{visible(cell.tags.join(', '))}</bdi>
        </p>
      )}
    </section>
  );
}

function Part({ part, trans }: { part: Folded; trans: TranslationBundle }): JSX.Element {
  if ('lines' in part) {
    return (
      <div className="jp-Prov-unifiedFold">
        {trans._n('%1 equal line', '%1 equal lines', part.lines.length)}
      </div>
    );
  }
  return <Unified line={part.line} trans={trans} />;
}

/** A changed line as an old and a new one. */
function Unified({ line, trans }: { line: ILine; trans: TranslationBundle }): JSX.Element {
  const { old, new: next } = wordsIn(line);
  return (
    <>
      {line.oldNumber !== null && line.state !== 'same' && (
        <div data-side="old">
          <span className="jp-Prov-lineSign">−</span>
          <Excerpt excerpt={old} side="old" trans={trans} />
        </div>
      )}
      {line.newNumber !== null && (
        <div data-side={line.state === 'same' ? 'both' : 'new'}>
          <span className="jp-Prov-lineSign">{line.state === 'same' ? ' ' : '+'}</span>
          <Excerpt excerpt={next} side="new" trans={trans} />
        </div>
      )}
    </>
  );
}

/** Files beside the notebook: to change them is left to the command, which keeps what it overwrites. */
function Files({ fix, trans }: Omit<IPreviewProps, 'order'>): JSX.Element | null {
  if (fix.files.length === 0) {
    return null;
  }
  const name = fix.notebook.split('/').at(-1) ?? fix.notebook;
  return (
    <section className="jp-Prov-fixFiles">
      <h3>{trans.__('Files beside the notebook')}</h3>
      <p>
        {trans.__(
          'The fix changes these files too, which Apply does not. To have them changed as well, run in a terminal:'
        )}{' '}
        <code>
          <bdi>{visible(`jupyter prov fix --write ${quoted(name)}`)}</bdi>
        </code>
      </p>
      {fix.files.map(({ path, diff }, index) => (
        <details key={index}>
          <summary>
            <bdi>{visible(path)}</bdi>
          </summary>
          <div className="jp-Prov-unified" role="group" aria-label={path} tabIndex={0}>
            {diff.slice(0, 500).map((line, at) => (
              <div key={at} data-side={line.startsWith('-') ? 'old' : line.startsWith('+') ? 'new' : 'both'}>
                <bdi>{visible(line.slice(0, 2000))}</bdi>
              </div>
            ))}
          </div>
        </details>
      ))}
    </section>
  );
}

/** A name as a shell takes it. */
function quoted(name: string): string {
  return /^[\w@%+=:,./-]+$/.test(name) ? name : `'${name.replaceAll("'", `'\\''`)}'`;
}

function Left({ fix, trans }: Omit<IPreviewProps, 'order'>): JSX.Element | null {
  const numbers = fix.left.map(id => numberOf(fix, id)).filter(number => number !== null);
  if (fix.left.length === 0 && fix.said.length === 0) {
    return null;
  }
  return (
    <section className="jp-Prov-fixLeft">
      <h3>{trans.__('What is left')}</h3>
      {numbers.length > 0 && (
        <p>
          {trans._n('Cell %2 still differs.', 'Cells %2 still differ.', numbers.length, numbers.join(', '))}
        </p>
      )}
      {fix.said.length > 0 && (
        <ul>
          {fix.said.map((sentence, index) => (
            <li key={index}>
              <bdi>{visible(sentence)}</bdi>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

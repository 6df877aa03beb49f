/** The view of one check, as a widget for the main area. */

import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import type { JSX } from 'react';
import { provIcon } from '../icon';
import { CompareView } from './view';
import type { ICompareProps } from './props';

/** What the widget shows; `job` is the id of the check. */
export type IComparison = Omit<ICompareProps, 'shown' | 'trans'> & { job: string };

export class CompareWidget extends ReactWidget {
  private _shown: { readonly id: string } | null = null;

  constructor(
    private _comparison: IComparison,
    private readonly _trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-Prov-compare');
    this.title.icon = provIcon;
    this.title.closable = true;
    this.node.setAttribute('role', 'region');
    this.node.tabIndex = -1;
    this._setTitle();
  }

  get comparison(): IComparison {
    return this._comparison;
  }

  /** Show another check, or the same one when the notebook's cells have changed. */
  set comparison(value: IComparison) {
    this._comparison = value;
    this._setTitle();
    this.update();
  }

  /** Come to a cell, also where it is one that did not differ. */
  showCell(id: string): void {
    this._shown = { id };
    this.update();
  }

  protected override render(): JSX.Element {
    const { job, ...props } = this._comparison;
    return <CompareView key={job} {...props} shown={this._shown} trans={this._trans} />;
  }

  protected override onActivateRequest(message: Message): void {
    super.onActivateRequest(message);
    this.node.focus();
  }

  private _setTitle(): void {
    const { notebook } = this._comparison.report;
    const name = notebook.split('/').at(-1) ?? notebook;
    this.title.label = this._trans.__('Outputs of %1', name);
    this.title.caption = this._trans.__('Recorded and re-run outputs of %1', notebook);
    this.node.setAttribute('aria-label', this.title.caption);
  }
}

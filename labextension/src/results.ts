/** What can be done with what a check found: compare, fix, accept. */

import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { INotebookTracker } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IResults } from './commands';
import type { IJob, IJobs, INotebookModel, IProvClient } from './tokens';

export class Results implements IResults {
  constructor(
    readonly _app: JupyterFrontEnd,
    readonly _tracker: INotebookTracker,
    private readonly _client: IProvClient,
    readonly _jobs: IJobs,
    readonly _trans: TranslationBundle
  ) {}

  compare(model: INotebookModel, index: number | null): void {
    console.log(model, index);
  }

  async fix(model: INotebookModel): Promise<void> {
    console.log(model);
    await Promise.resolve();
  }

  async accept(model: INotebookModel, job: IJob, indices: readonly number[]): Promise<void> {
    const accepted = await this._client.accept(job.id, indices);
    model.notebook.show(accepted);
    await model.notebook.save();
  }
}

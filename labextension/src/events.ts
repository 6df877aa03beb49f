/** What the server tells by itself, over Jupyter Server's event stream. */

import type { Event } from '@jupyterlab/services';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';
import { JOB_EVENT, NOTEBOOK_EVENT } from './tokens';
import type { IJobEvent, INotebookEvent } from './tokens';

/** Sorts the events of the server that are about us. */
export class ServerEvents {
  constructor(stream: Event.Stream) {
    stream.connect(this._onEvent, this);
  }

  /** A job has come further. */
  get job(): ISignal<this, IJobEvent> {
    return this._job;
  }

  /** Something about a notebook is not what it was. */
  get notebook(): ISignal<this, INotebookEvent> {
    return this._notebook;
  }

  private _onEvent(_: unknown, event: Event.Emission): void {
    if (event.schema_id === JOB_EVENT) {
      this._job.emit(event as unknown as IJobEvent);
    } else if (event.schema_id === NOTEBOOK_EVENT) {
      this._notebook.emit(event as unknown as INotebookEvent);
    }
  }

  private readonly _job = new Signal<this, IJobEvent>(this);
  private readonly _notebook = new Signal<this, INotebookEvent>(this);
}

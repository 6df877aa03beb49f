/** An open notebook of JupyterLab, told as the model wants to hear of it. */

import type { ISessionContext } from '@jupyterlab/apputils';
import { isCodeCellModel } from '@jupyterlab/cells';
import { PathExt } from '@jupyterlab/coreutils';
import { NotebookActions } from '@jupyterlab/notebook';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { Contents, Kernel, KernelMessage } from '@jupyterlab/services';
import { MessageLoop } from '@lumino/messaging';
import type { IMessageHandler, Message } from '@lumino/messaging';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';
import { crc32 } from './crc';
import { Problem } from './problem';
import { RECORD_MESSAGE } from './tokens';
import type { Change, IAcceptedCell, ICell, IFollowedNotebook } from './tokens';

/** The drive of jupyter-collaboration, which keeps the server's own files. */
const SHARED = 'RTC';

export class FollowedNotebook implements IFollowedNotebook {
  constructor(
    private readonly _panel: NotebookPanel,
    private readonly _contents: Contents.IManager,
    private readonly _activate: (id: string) => void,
    /** Restart a kernel once the user has agreed; tells whether it was restarted. */
    private readonly _restart: (session: ISessionContext) => Promise<boolean>
  ) {
    const { context, sessionContext } = _panel;
    context.pathChanged.connect(this._onPath, this);
    context.saveState.connect(this._onSave, this);
    sessionContext.iopubMessage.connect(this._onMessage, this);
    sessionContext.statusChanged.connect(this._onStatus, this);
    sessionContext.kernelChanged.connect(this._onKernel, this);
    sessionContext.connectionStatusChanged.connect(this._onConnection, this);
    MessageLoop.installMessageHook(_panel, this._hook);
    void context.ready.then(() => this._onReady());
  }

  get changed(): ISignal<this, Change> {
    return this._changed;
  }

  get path(): string {
    return this._contents.localPath(this._panel.context.path);
  }

  get name(): string {
    return PathExt.basename(this.path);
  }

  get drive(): string {
    const name = this._contents.driveName(this._panel.context.path);
    return name === SHARED ? '' : name;
  }

  get cells(): ICell[] {
    this._cells ??= Array.from(this._panel.content.model?.cells ?? [], cell => ({
      id: cell.id,
      count: 'executionCount' in cell && typeof cell.executionCount === 'number' ? cell.executionCount : null,
      source: cell.type === 'code' ? crc32(cell.sharedModel.getSource()) : null
    }));
    return this._cells;
  }

  get isVisible(): boolean {
    return this._panel.isVisible;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  async save(): Promise<void> {
    const { context } = this._panel;
    await context.ready;
    if (!context.model.dirty) {
      return;
    }
    try {
      await context.save();
    } catch (error) {
      throw new Problem('unsaved', error instanceof Error ? error.message : String(error));
    }
  }

  reveal(cell: string): void {
    const notebook = this._panel.content;
    if (this._isDisposed) {
      return;
    }
    const index = notebook.widgets.findIndex(widget => widget.model.id === cell);
    if (index < 0) {
      return;
    }
    this._activate(this._panel.id);
    notebook.deselectAll();
    notebook.activeCellIndex = index;
    void notebook.scrollToItem(index, 'smart');
  }

  run(cell: string): void {
    if (this._isDisposed) {
      return;
    }
    const { content, sessionContext } = this._panel;
    const found = content.widgets.filter(widget => widget.model.id === cell);
    this.reveal(cell);
    void NotebookActions.runCells(content, found, sessionContext);
  }

  runAll(): void {
    if (!this._isDisposed) {
      const { content, sessionContext } = this._panel;
      void NotebookActions.runAll(content, sessionContext);
    }
  }

  async restartAndRunAll(): Promise<void> {
    if (this._isDisposed) {
      return;
    }
    this._activate(this._panel.id);
    if (await this._restart(this._panel.sessionContext)) {
      this.runAll();
    }
  }

  show(cells: readonly IAcceptedCell[]): void {
    const known = new Map(cells.map(cell => [cell.id, cell]));
    for (const model of this._panel.content.model?.cells ?? []) {
      const accepted = known.get(model.id);
      if (accepted && isCodeCellModel(model)) {
        model.outputs.fromJSON([...accepted.outputs]);
        model.executionCount = accepted.execution_count;
      }
    }
  }

  dispose(): void {
    this._isDisposed = true;
    MessageLoop.removeMessageHook(this._panel, this._hook);
    Signal.clearData(this);
  }

  private _onReady(): void {
    if (!this._isDisposed && !this._panel.isDisposed) {
      this._panel.content.model?.cells.changed.connect(this._onCells, this);
      this._panel.content.model?.contentChanged.connect(this._onEdit, this);
      this._onCells();
    }
  }

  private readonly _hook = (_: IMessageHandler, message: Message): boolean => {
    if (message.type === 'after-show' || message.type === 'after-hide') {
      this._changed.emit('visible');
    }
    return true;
  };

  private _onEdit(): void {
    this._cells = null;
    this._changed.emit('edited');
  }

  private _onCells(): void {
    this._cells = null;
    this._changed.emit('cells');
  }

  private _onPath(): void {
    this._changed.emit('path');
  }

  private _onSave(_: unknown, state: string): void {
    if (state === 'completed') {
      this._changed.emit('saved');
    }
  }

  private _onMessage(_: unknown, message: KernelMessage.IMessage): void {
    const type: string = message.header.msg_type;
    if (type === RECORD_MESSAGE) {
      this._changed.emit('executed');
    } else if (type === 'status' && isIdleAfterExecution(message)) {
      this._changed.emit('kernel');
    }
  }

  /** Busy and idle come with every completion and inspection too: those of executions are told by messages. */
  private _onStatus(_: unknown, status: Kernel.Status): void {
    if (status !== 'busy' && status !== 'idle') {
      this._changed.emit('kernel');
    }
  }

  private _onKernel(): void {
    this._changed.emit('kernel');
  }

  private _onConnection(): void {
    this._changed.emit('kernel');
  }

  /** Until something in the notebook changes. */
  private _cells: ICell[] | null = null;
  private readonly _changed = new Signal<this, Change>(this);
  private _isDisposed = false;
}

function isIdleAfterExecution(message: KernelMessage.IMessage): boolean {
  const parent: { msg_type?: string } = message.parent_header;
  const { execution_state: state } = message.content as { execution_state?: string };
  return state === 'idle' && parent.msg_type === 'execute_request';
}

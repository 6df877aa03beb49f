// @vitest-environment jsdom
import assert from 'node:assert/strict';
import { test } from 'vitest';
import type { IActions } from '../src/components/actions';
import { State } from '../src/components/state';
import type { ILive, INotebookModel } from '../src/tokens';
import { trans } from './examples';
import { liveOf } from './fakes';
import { rendered, texts } from './rendering';

async function shown(more: Partial<ILive>): Promise<HTMLElement> {
  const model = { live: liveOf('a.ipynb', more), problem: null } as unknown as INotebookModel;
  return rendered(<State model={model} actions={{} as IActions} trans={trans} />);
}

test('why no record is written is said once, whatever else could not be saved', async () => {
  const message = 'No record of a.ipynb is written: a.prov.json is not a jupyter-prov record.';
  const panel = await shown({ recording: { state: 'no-record', message }, writable: false });
  assert.deepEqual(texts(panel, 'p'), [message]);
  assert.equal(panel.querySelector('p')?.dataset.state, 'no-record');
});

test('a folder that is read-only is said beside the state of the recording', async () => {
  const panel = await shown({ recording: { state: 'recording', message: 'Recording.' }, writable: false });
  assert.equal(texts(panel, 'p').length, 2);
});

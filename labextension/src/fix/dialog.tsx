/** The dialog that shows a fix and asks whether to apply it. */

import { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IFix } from '../tokens';
import { cellChanges } from './changes';
import { FixPreview } from './preview';

/**
 * Show a fix; gives whether it shall be applied to the open notebook, whose cells have the ids `order`. It can be only
 * where it was verified and edits a cell.
 */
export async function showFix(
  fix: IFix,
  order: readonly string[],
  trans: TranslationBundle
): Promise<boolean> {
  const canApply = fix.verified && cellChanges(fix, order).length > 0;
  const dialog = new Dialog({
    title: trans.__('Fix of %1', fix.notebook.split('/').at(-1)),
    body: <FixPreview fix={fix} order={order} trans={trans} />,
    buttons: canApply
      ? [
          Dialog.cancelButton({ label: trans.__('Cancel') }),
          Dialog.okButton({
            label: trans.__('Apply'),
            caption: trans.__('Edit the open notebook; it can be undone as one edit, and is not saved')
          })
        ]
      : [Dialog.cancelButton({ label: trans.__('Close') })]
  });
  dialog.addClass('jp-Prov-fixDialog');
  const { button } = await dialog.launch();
  return canApply && button.accept;
}

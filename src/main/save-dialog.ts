import { type BrowserWindow, dialog } from 'electron'
import type { SaveQuestion } from '../core/window-host.ts'

/** The system's own dialog. It asks by itself before a file is replaced, everywhere. */
export async function chooseSaveTarget(
  over: BrowserWindow,
  { title, suggestion, kind, extension }: SaveQuestion,
): Promise<string | undefined> {
  if (over.isDestroyed()) return undefined
  const { canceled, filePath } = await dialog.showSaveDialog(over, {
    title,
    defaultPath: suggestion,
    buttonLabel: 'Export',
    filters: [
      { name: kind, extensions: [extension] },
      { name: 'All files', extensions: ['*'] },
    ],
    // On Linux it asks only when told to; on a Mac it makes folders only then.
    properties: ['showOverwriteConfirmation', 'createDirectory'],
  })
  return canceled || filePath === '' ? undefined : filePath
}

import { type ImportOutcome, importPartBytes } from '../../../../contract/cloud-audit.ts'
import type { ErrorValue } from '../../../../contract/errors.ts'
import { CoreError, unwrap } from '../../../app/core/core-error.ts'
import type { Services } from '../../../app/services.ts'
import { chooseFiles } from '../../../ui/choose-files.ts'

/** What came of one chosen file. */
export type FileResult = { name: string } & ({ outcome: ImportOutcome } | { problem: ErrorValue })

export function chooseTrailFiles(): Promise<File[]> {
  return chooseFiles('.json,.gz,application/json,application/gzip', { multiple: true })
}

/** One file after the other; one that is refused keeps none of the others back. */
export async function importTrailFiles(
  core: Services['core'],
  files: readonly File[],
): Promise<FileResult[]> {
  const results: FileResult[] = []
  for (const file of files) {
    try {
      results.push({ name: file.name, outcome: await importTrailFile(core, file) })
    } catch (thrown) {
      if (!(thrown instanceof CoreError)) throw thrown
      results.push({ name: file.name, problem: thrown.value })
    }
  }
  return results
}

async function importTrailFile(core: Services['core'], file: File): Promise<ImportOutcome> {
  const { size } = file
  const part = { upload: crypto.randomUUID(), name: file.name.slice(0, longestNameLength), size }
  for (let from = 0; ; from += importPartBytes) {
    const bytes = await base64Of(file.slice(from, from + importPartBytes))
    const { outcome } = unwrap(await core.call('audit.importPart', { ...part, bytes }))
    if (outcome !== undefined) return outcome
    if (from + importPartBytes >= size) throw new Error('The core wants more than there is.')
  }
}

const longestNameLength = 255

/** What a reader of the browser makes of it stands behind the comma of a data URL. */
function base64Of(piece: Blob): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const reader = new FileReader()
  reader.addEventListener('load', () => {
    const url = String(reader.result)
    resolve(url.slice(url.indexOf(',') + 1))
  })
  reader.addEventListener('error', () => reject(reader.error))
  reader.readAsDataURL(piece)
  return promise
}

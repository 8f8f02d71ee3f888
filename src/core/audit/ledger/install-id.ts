import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { storageProblem } from '../../files/storage-problem.ts'

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/**
 * The UUID of this installation, made at first use. It outlives a ledger that
 * had to be set aside, so that both chains can be told to be from here.
 * @param recorded what an existing ledger begins with; used when the file is lost or torn
 * @throws {PortholeError} STORAGE_*
 */
export function readInstallId(file: string, recorded: () => string | undefined): string {
  try {
    const stored = existsSync(file) ? readFileSync(file, 'utf8').trim() : ''
    if (uuidPattern.test(stored)) return stored
    const installId = recorded() ?? randomUUID()
    writeFileSync(file, `${installId}\n`, { mode: 0o600 })
    return installId
  } catch (thrown) {
    throw storageProblem(thrown, 'The audit history', file)
  }
}

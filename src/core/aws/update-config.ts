import { realpath } from 'node:fs/promises'
import type { Clock } from '../clock.ts'
import { withFileLock } from '../files/file-lock.ts'
import { writeAtomically } from '../files/write-atomically.ts'
import { editAwsConfig, type SectionEdit } from './config-editor.ts'
import { type AwsConfig, readAwsConfig } from './config-file.ts'

/**
 * Changes the AWS config file, and nothing in it but what is asked for. A file
 * that cannot be understood is left alone. A link stays a link: its target is
 * replaced, because people keep this file with their other settings.
 *
 * @param decide what to change, from the file as it is now that nobody else writes
 * @throws {PortholeError} CONFIG_INVALID, INVALID_REQUEST, STORAGE_FULL, STORAGE_UNWRITABLE
 */
export async function updateAwsConfig(
  file: string,
  clock: Clock,
  decide: (config: AwsConfig) => readonly SectionEdit[],
): Promise<void> {
  await withFileLock(file, clock, async () => {
    const config = await readAwsConfig(file)
    const text = editAwsConfig(config, decide(config))
    const target = await realpath(file).catch(() => file)
    await writeAtomically(target, text)
  })
}

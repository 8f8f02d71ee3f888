import { readFileSync, renameSync } from 'node:fs'
import { defaultSettings, type Settings, settingsSchema } from '../contract/host.ts'
import { isMissingFile } from './files/error-code.ts'
import { writeAtomically } from './files/write-atomically.ts'
import { createListeners } from './listeners.ts'

export interface SettingsStore extends Disposable {
  get(): Settings
  /**
   * Changes the given settings and resolves when they are on disk. Values left
   * `undefined` stay as they are.
   * @throws {PortholeError} STORAGE_FULL, STORAGE_UNWRITABLE; the settings then stay as they were
   */
  set(change: Partial<Settings>): Promise<Settings>
  onChanged(listener: (settings: Settings) => void): Disposable
}

export interface SettingsStoreDependencies {
  /** Absolute path of the JSON file; it need not exist. */
  file: string
  /** Told when a broken file was set aside, and why. */
  log: (message: string) => void
}

export function createSettingsStore({ file, log }: SettingsStoreDependencies): SettingsStore {
  const changed = createListeners<Settings>()
  let settings = readSettings(file, log)
  let lastWrite: Promise<unknown> = Promise.resolve()

  async function apply(change: Partial<Settings>): Promise<Settings> {
    const next = settingsSchema.parse({ ...settings, ...withoutUndefined(change) })
    await writeAtomically(file, `${JSON.stringify(next, null, 2)}\n`)
    settings = next
    changed.emit(next)
    return next
  }

  return {
    get: () => settings,
    set(change) {
      // One after the other, or the slower of two writes would undo the other.
      const write = lastWrite.then(() => apply(change))
      lastWrite = write.catch(() => {})
      return write
    },
    onChanged: changed.add,
    [Symbol.dispose]: () => changed[Symbol.dispose](),
  }
}

/** Synchronous: one small file, read once, and the window's first paint needs its theme. */
function readSettings(file: string, log: (message: string) => void): Settings {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if (!isMissingFile(error)) log(`Settings could not be read, using the defaults: ${String(error)}`)
    return defaultSettings
  }
  try {
    return { ...defaultSettings, ...settingsSchema.partial().parse(JSON.parse(text)) }
  } catch (error) {
    setAside(file, log, error)
    return defaultSettings
  }
}

/** A broken file is kept beside the new one: somebody may have edited it by hand. */
function setAside(file: string, log: (message: string) => void, reason: unknown): void {
  const kept = `${file}.broken`
  const why = reason instanceof Error ? reason.message : String(reason)
  try {
    renameSync(file, kept)
    log(`Settings in ${file} are not valid, using the defaults. The file was kept as ${kept}: ${why}`)
  } catch (error) {
    log(
      `Settings in ${file} are not valid, using the defaults: ${why}. It could not be moved: ${String(error)}`,
    )
  }
}

function withoutUndefined(change: Partial<Settings>): Partial<Settings> {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined))
}

import { type FSWatcher, watch } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Clock } from '../clock.ts'

export interface WatchedPlaces {
  /** Absolute paths; none need exist. */
  files: readonly string[]
  /** Whose `.json` files count, not those in folders below. */
  folders: readonly string[]
}

/**
 * What tells of changes where the system does not: network folders, links to
 * files elsewhere, folders that did not exist at first. Together with the reading
 * that follows it keeps within the two seconds in which a sign-in elsewhere has
 * to show here; a look costs a handful of `stat` calls.
 */
const lookMilliseconds = 1_000

/** Writers come in bursts: a temporary file, a rename, a change of mode. */
const settleMilliseconds = 50

/** Calls back whenever one of the files was changed, made or deleted by anybody. Dispose to stop. */
export function watchFiles(
  places: WatchedPlaces,
  { clock, onChanged }: { clock: Clock; onChanged: () => void },
): Disposable {
  const watchers = new Map<string, FSWatcher>()
  let known: string | undefined
  let looking = false
  let disposed = false
  let timer: Disposable = { [Symbol.dispose]: () => {} }

  const lookAfter = (milliseconds: number) => {
    timer[Symbol.dispose]()
    timer = clock.after(milliseconds, () => void look())
  }

  function watchFolders(): void {
    const folders = new Set([...places.files.map((file) => dirname(file)), ...places.folders])
    for (const folder of folders) {
      if (watchers.has(folder)) continue
      const watcher = watchOrNot(folder)
      if (!watcher) continue
      watchers.set(folder, watcher)
      watcher.on('change', () => lookAfter(settleMilliseconds))
      watcher.on('error', () => {
        watcher.close()
        watchers.delete(folder)
      })
    }
  }

  async function look(): Promise<void> {
    if (looking || disposed) return
    looking = true
    watchFolders()
    const now = await signatureOf(places)
    looking = false
    if (disposed) return
    const changed = known !== undefined && known !== now
    known = now
    lookAfter(lookMilliseconds)
    if (changed) onChanged()
  }

  void look()
  return {
    [Symbol.dispose]() {
      disposed = true
      timer[Symbol.dispose]()
      for (const watcher of watchers.values()) watcher.close()
      watchers.clear()
    },
  }
}

/** Undefined where the folder is missing or the system cannot watch; looking again covers both. */
function watchOrNot(folder: string): FSWatcher | undefined {
  try {
    return watch(folder, { persistent: false })
  } catch {
    return undefined
  }
}

async function signatureOf({ files, folders }: WatchedPlaces): Promise<string> {
  const listed = await Promise.all(folders.map(jsonFilesIn))
  const all = [...files, ...listed.flat()]
  return (await Promise.all(all.map(signatureOfFile))).join('\n')
}

async function jsonFilesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => [])
  return names
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => join(folder, name))
}

async function signatureOfFile(file: string): Promise<string> {
  try {
    const { ino, size, mtimeMs, ctimeMs } = await stat(file)
    return [file, ino, size, mtimeMs, ctimeMs].join('|')
  } catch {
    return `${file}|none`
  }
}

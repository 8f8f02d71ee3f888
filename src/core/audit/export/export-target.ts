import { link, lstat, open, realpath, rename, rm, unlink } from 'node:fs/promises'
import path from 'node:path'
import { PortholeError } from '../../../contract/errors.ts'
import { errorCode, isMissingFile } from '../../files/error-code.ts'
import type { ExportFacts, ExportWorkplace, UnfinishedExports } from './unfinished-exports.ts'

/** Where an export is to be. */
export type ExportPlace =
  /** `replace`: somebody was asked, and said that what lies there may go. */
  | { kind: 'chosen'; path: string; replace: boolean }
  /** For a page to fetch; it goes away with Porthole. */
  | { kind: 'waiting'; folder: string }

/** An export on its way to its place: nothing has the target's name before `commit`. */
export class ExportTarget {
  readonly #place: ExportPlace
  readonly #workplace: ExportWorkplace
  readonly #unfinished: UnfinishedExports
  /** Where it will be. */
  readonly path: string

  private constructor(
    place: ExportPlace,
    parts: { workplace: ExportWorkplace; unfinished: UnfinishedExports; path: string },
  ) {
    this.#place = place
    this.#workplace = parts.workplace
    this.#unfinished = parts.unfinished
    this.path = parts.path
  }

  /** @throws {PortholeError} STORAGE_UNWRITABLE when what lies there must stay */
  static async open(
    place: ExportPlace,
    { id, facts, unfinished }: { id: string; facts: ExportFacts; unfinished: UnfinishedExports },
  ): Promise<ExportTarget> {
    if (place.kind === 'waiting') {
      const workplace = await unfinished.begin(id, place.folder, facts)
      return new ExportTarget(place, { workplace, unfinished, path: workplace.waiting })
    }
    const target = await replaceable(place)
    const workplace = await unfinished.begin(id, path.dirname(target), facts)
    return new ExportTarget(place, { workplace, unfinished, path: target })
  }

  /** To be written; nothing is there yet. */
  get partial(): string {
    return this.#workplace.partial
  }

  /** Everything is written and on the disk: gives it its name. */
  async commit(): Promise<void> {
    const { partial, id } = this.#workplace
    if (this.#place.kind === 'chosen' && !this.#place.replace) await renameToFree(partial, this.path)
    else await rename(partial, this.path)
    await syncFolder(path.dirname(this.path))
    // One that waits is to be removed by the next start, should nobody fetch it before.
    if (this.#place.kind === 'waiting') await this.#unfinished.waits(id, this.#place.folder)
    else await this.#unfinished.end(id)
  }

  async abandon(): Promise<void> {
    await rm(this.#workplace.partial, { recursive: true, force: true })
    await this.#unfinished.end(this.#workplace.id)
  }
}

/** The file to be written: where a link leads, when there is one. */
async function replaceable({ path: target, replace }: { path: string; replace: boolean }): Promise<string> {
  const real = replace ? await realpath(target).catch(() => target) : target
  const there = await lstat(real).catch((thrown) => {
    if (isMissingFile(thrown)) return undefined
    throw thrown
  })
  if (there === undefined) return real
  if (!replace) throw inTheWay(target)
  if (!there.isFile()) throw unwritable(`${target} is there already and is no file.`)
  // The mode and not a try: root may write everything.
  if ((there.mode & anyWriteBit) === 0) throw unwritable(`${target} is there already and is read-only.`)
  return real
}

const anyWriteBit = 0o222

/** A second name takes no existing file's place, as a rename would. */
async function renameToFree(from: string, to: string): Promise<void> {
  try {
    await link(from, to)
    await unlink(from)
  } catch (thrown) {
    if (errorCode(thrown) === 'EEXIST') throw inTheWay(to)
    // Folders have one name only, and so has everything on some disks.
    const isThere = await lstat(to).then(
      () => true,
      () => false,
    )
    if (isThere) throw inTheWay(to)
    await rename(from, to)
  }
}

/** So that the new name outlives a loss of power; not every system can. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined)
  await handle?.sync().catch(() => {})
  await handle?.close()
}

function inTheWay(target: string): PortholeError {
  return unwritable(`${target} is there already. It was left as it is.`)
}

function unwritable(message: string): PortholeError {
  return new PortholeError({
    code: 'STORAGE_UNWRITABLE',
    message,
    action: 'Choose another name.',
    retryable: true,
  })
}

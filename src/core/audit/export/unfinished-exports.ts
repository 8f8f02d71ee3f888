import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import { type ActivityFacts, activityFactsSchema } from '../../../contract/audit.ts'
import { isMissingFile } from '../../files/error-code.ts'

/** What the ledger hears of an export, whatever becomes of it. */
export type ExportFacts = Omit<ActivityFacts, 'activity' | 'at'>

const noteSchema = z.object({
  folder: z.string().refine((folder) => path.isAbsolute(folder)),
  /** Absent once it is whole and the ledger knows. */
  facts: activityFactsSchema.omit({ activity: true, at: true }).optional(),
})

/** Where an export lies until it is whole. */
export interface ExportWorkplace {
  id: string
  /** Beside the target, on the same disk: what is whole only has to be renamed. */
  partial: string
  /** Where one waits that a page is to fetch; nobody else has a use for it. */
  waiting: string
}

/**
 * Notes, one file each, of exports that are being written, anywhere on this
 * computer. A crash leaves its note behind, and with it the next start finds
 * what has to go: half an export can hold recordings that anybody may read.
 */
export class UnfinishedExports {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  /** @param folder absolute, of the export that begins */
  async begin(id: string, folder: string, facts: ExportFacts): Promise<ExportWorkplace> {
    await this.#write(id, { folder, facts })
    return workplaceIn(folder, id)
  }

  /** It is whole, and waits in its folder to be fetched. */
  async waits(id: string, folder: string): Promise<void> {
    await this.#write(id, { folder })
  }

  /** To be called when nothing of it is left under these names. */
  async end(id: string): Promise<void> {
    await rm(this.#noteOf(id), { force: true })
  }

  /**
   * Removes what a crash left. Only by the sole writer of this history, before
   * any export begins. What cannot be removed, on a disk that is away, keeps its
   * note for the next time. Never rejects.
   *
   * @returns what the ledger should hear of those that never ended
   */
  async clear(): Promise<ExportFacts[]> {
    const names = await readdir(this.#folder).catch(() => [])
    const ended: ExportFacts[] = []
    for (const name of names) {
      const facts = await this.#clearOne(path.basename(name, '.json')).catch(() => undefined)
      if (facts !== undefined) ended.push(facts)
    }
    return ended
  }

  async #clearOne(id: string): Promise<ExportFacts | undefined> {
    const note = await this.#read(id)
    // What has another form is no note of ours, and leads nowhere.
    if (note === undefined || !(await isThere(note.folder))) return undefined
    const { partial, waiting } = workplaceIn(note.folder, id)
    await rm(partial, { recursive: true, force: true })
    await rm(waiting, { force: true })
    await this.end(id)
    return note.facts
  }

  async #read(id: string): Promise<z.infer<typeof noteSchema> | undefined> {
    if (!z.uuid().safeParse(id).success) return undefined
    const text = await readFile(this.#noteOf(id), 'utf8')
    return noteSchema.safeParse(jsonOf(text)).data
  }

  async #write(id: string, note: z.infer<typeof noteSchema>): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
    await writeFile(this.#noteOf(id), JSON.stringify(note), { mode: 0o600, flush: true })
  }

  #noteOf(id: string): string {
    return path.join(this.#folder, `${id}.json`)
  }
}

/**
 * Names of one length, whatever the target is called: what is added to a name of
 * 255 bytes is too long for every file system.
 */
function workplaceIn(folder: string, id: string): ExportWorkplace {
  return {
    id,
    partial: path.join(folder, `.porthole-export-${id}.partial`),
    waiting: path.join(folder, `.porthole-export-${id}.whole`),
  }
}

async function isThere(folder: string): Promise<boolean> {
  return readdir(folder).then(
    () => true,
    (thrown) => {
      if (isMissingFile(thrown)) return false
      throw thrown
    },
  )
}

/** A note that a crash tore is none. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

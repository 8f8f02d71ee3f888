import { createHash } from 'node:crypto'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { accountSchema, timestampSchema } from '../../contract/identity.ts'
import { writeAtomically } from '../files/write-atomically.ts'

/** What is kept of an identity's accounts and roles, with its age. */
const keptAccessSchema = z.object({
  version: z.literal(1),
  identityId: z.string(),
  accounts: z.array(accountSchema),
  readAt: timestampSchema,
  roles: z.record(z.string(), z.object({ names: z.array(z.string()), readAt: timestampSchema })),
})
export type KeptAccess = z.infer<typeof keptAccessSchema>

/** One file per identity. It says which accounts somebody uses, so only they may read it. */
export interface AccessFiles {
  /** Nothing when there is none, or none that can be understood: it is a copy, and is made anew. */
  read(identityId: string): Promise<KeptAccess | undefined>
  /** @throws {PortholeError} STORAGE_FULL, STORAGE_UNWRITABLE */
  write(kept: KeptAccess): Promise<void>
  remove(identityId: string): Promise<void>
}

export function createAccessFiles(folder: string): AccessFiles {
  // An identity's name may hold anything; its hash is a file name everywhere.
  const fileOf = (identityId: string) =>
    join(folder, `${createHash('sha256').update(identityId).digest('hex').slice(0, 32)}.json`)
  return {
    async read(identityId) {
      try {
        const kept = keptAccessSchema.parse(JSON.parse(await readFile(fileOf(identityId), 'utf8')))
        return kept.identityId === identityId ? kept : undefined
      } catch {
        return undefined
      }
    },
    write: (kept) => writeAtomically(fileOf(kept.identityId), `${JSON.stringify(kept)}\n`),
    remove: (identityId) => rm(fileOf(identityId), { force: true }),
  }
}

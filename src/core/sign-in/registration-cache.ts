import { createHash } from 'node:crypto'
import { readFile, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Endpoints } from '../aws/endpoints.ts'
import type { Clock } from '../clock.ts'
import { writeAtomically } from '../files/write-atomically.ts'
import type { BrowserFlow } from './flow.ts'
import type { OidcClient, Registration } from './oidc-client.ts'
import type { SsoSession } from './sso-session.ts'

/**
 * Remembers how we are registered at an Identity Center, in a file of our own:
 * the CLI keeps both flows under one name, and each would throw the other out.
 */
export interface RegistrationCache {
  get(session: SsoSession, flow: BrowserFlow): Promise<Registration>
  /** After a sign-in that came to nothing: Identity Center may have forgotten us, and only a new registration shows. */
  forget(session: SsoSession, flow: BrowserFlow): void
}

/** A sign-in takes up to ten minutes and must not outlive its registration; the CLI leaves 15 too. */
const expiryMarginMilliseconds = 15 * 60_000

const registrationSchema = z.object({
  clientId: z.string().min(1),
  clientSecret: z.string().min(1),
  expiresAt: z.iso.datetime().transform((text) => Date.parse(text)),
})

export function createRegistrationCache({
  folder,
  endpoints,
  oidc,
  clock,
}: {
  folder: string
  endpoints: Endpoints
  oidc: Pick<OidcClient, 'register'>
  clock: Clock
}): RegistrationCache {
  /** The endpoint is part of the name: the same start URL can be served by another one that does not know us. */
  async function fileOf({ startUrl, region, scopes }: SsoSession, flow: BrowserFlow): Promise<string> {
    const endpoint = await endpoints.url('sso-oidc', region)
    const key = JSON.stringify([endpoint.href, startUrl, region, [...scopes].sort(), flow])
    return join(folder, `porthole-client-${createHash('sha256').update(key).digest('hex')}.json`)
  }

  /** Effective at once, while the file is still being deleted. */
  const forgotten = new Set<string>()
  const keyOf = ({ name }: SsoSession, flow: BrowserFlow) => `${flow} ${name}`

  return {
    async get(session, flow) {
      const file = await fileOf(session, flow)
      const known = forgotten.delete(keyOf(session, flow)) ? undefined : await readRegistration(file)
      if (known && known.expiresAt - expiryMarginMilliseconds > clock.now()) return known
      const registration = await oidc.register(session, flow)
      const content = { ...registration, expiresAt: new Date(registration.expiresAt).toISOString() }
      // Only a saving: without the file the next sign-in registers once more.
      await writeAtomically(file, JSON.stringify(content)).catch(() => {})
      return registration
    },
    forget(session, flow) {
      forgotten.add(keyOf(session, flow))
      void fileOf(session, flow)
        .then(unlink)
        .catch(() => {})
    },
  }
}

/** A file that cannot be read or understood is as good as none: registering again replaces it. */
async function readRegistration(file: string): Promise<Registration | undefined> {
  try {
    return registrationSchema.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch {
    return undefined
  }
}

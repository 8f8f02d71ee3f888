import { z } from 'zod'
import { PortholeError } from './errors.ts'

/** The scheme that the installed app registers with the system. */
export const linkScheme = 'porthole'

/** What addresses a task in all of AWS. */
export const linkPlace = {
  accountId: z.string().regex(/^\d{12}$/),
  region: z.string().regex(/^[a-z]{2,4}(-[a-z]+)+-\d{1,2}$/),
  /** Names as ECS allows them: letters, digits, hyphens and underscores, 255 at most. */
  clusterName: z.string().regex(/^[\w-]{1,255}$/),
  /** 32 hexadecimal digits, or the UUID of old task ARNs. */
  taskId: z.string().regex(/^[0-9a-f]{32}$|^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
}

/** What a `porthole://` link leads to. It names no role or identity: whoever follows it uses their own. */
export const linkSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('task'), ...linkPlace }),
  z.object({ kind: z.literal('shell'), ...linkPlace, containerName: z.string().regex(/^[\w-]{1,255}$/) }),
])
export type Link = z.infer<typeof linkSchema>

/** Longest link that is looked at: five names of 255 characters and their separators fit. */
const longestLinkCharacters = 2048

/**
 * `porthole://task/<account>/<region>/<cluster>/<task id>`, and
 * `porthole://shell/…/<container>` for a container in it. Comes from web pages
 * and chats, so nothing but exactly that is taken.
 * @throws {PortholeError} INVALID_REQUEST
 */
export function parseLink(text: string): Link {
  const url = text.length > longestLinkCharacters ? null : URL.parse(text)
  if (url === null || url.protocol !== `${linkScheme}:` || url.search !== '' || url.hash !== '')
    throw notALink(text)
  const [accountId, region, clusterName, taskId, containerName, ...more] = url.pathname.split('/').slice(1)
  const link = linkSchema.safeParse({
    kind: url.hostname,
    accountId,
    region,
    clusterName,
    taskId,
    containerName,
  })
  const isTooLong = more.length > 0 || (url.hostname === 'task' && containerName !== undefined)
  if (!link.success || isTooLong) throw notALink(text)
  return link.data
}

export function formatLink(link: Link): string {
  const { accountId, region, clusterName, taskId } = link
  const parts = [accountId, region, clusterName, taskId]
  if (link.kind === 'shell') parts.push(link.containerName)
  return `${linkScheme}://${link.kind}/${parts.join('/')}`
}

function notALink(text: string): PortholeError {
  return new PortholeError({
    code: 'INVALID_REQUEST',
    message: 'This link leads nowhere in Porthole.',
    detail: text.slice(0, 200),
    action: 'A link to a task looks like porthole://task/<account>/<region>/<cluster>/<task id>.',
  })
}

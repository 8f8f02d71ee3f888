import { z } from 'zod'
import { linkPlace, linkScheme, parseLink } from '../../../contract/link.ts'

/** Where a pasted address leads to, as far as it says. */
const pastedPlaceSchema = z.object({
  /** The address of AWS's console names none unless somebody is signed in to several at once. */
  accountId: linkPlace.accountId.optional(),
  region: linkPlace.region,
  clusterName: linkPlace.clusterName,
  serviceName: z
    .string()
    .regex(/^[\w-]{1,255}$/)
    .optional(),
  taskId: linkPlace.taskId.optional(),
  containerName: z
    .string()
    .regex(/^[\w-]{1,255}$/)
    .optional(),
})
export type PastedPlace = z.infer<typeof pastedPlaceSchema>

/** No address of these is longer; what is longer is not looked at. */
const longestAddressCharacters = 2048

/**
 * A `porthole://` link, the address of a cluster, service or task in AWS's console, or one of their ARNs.
 * Undefined for any other text.
 * @throws {PortholeError} for a `porthole://` link that leads nowhere
 */
export function parsePastedPlace(text: string): PastedPlace | undefined {
  const trimmed = text.trim()
  if (trimmed.length > longestAddressCharacters) return undefined
  if (trimmed.startsWith(`${linkScheme}://`)) return linkedPlace(trimmed)
  const place = trimmed.startsWith('arn:') ? arnPlace(trimmed) : consolePlace(trimmed)
  return place && pastedPlaceSchema.safeParse(place).data
}

function linkedPlace(text: string): PastedPlace {
  const { kind: _, ...place } = parseLink(text)
  return place
}

/** `arn:aws:ecs:eu-west-1:111122223333:task/web/4f1c…`, and the same of `service` and `cluster`. */
function arnPlace(text: string): Record<string, unknown> | undefined {
  const [, , service, region, accountId, resource, ...rest] = text.split(':')
  if (service !== 'ecs' || resource === undefined || rest.length > 0) return undefined
  const [kind, clusterName, name, ...more] = resource.split('/')
  if (more.length > 0 || (name === undefined && kind !== 'cluster')) return undefined
  const place = { accountId, region, clusterName }
  if (kind === 'cluster' && name === undefined) return place
  if (kind === 'service') return { ...place, serviceName: name }
  return kind === 'task' ? { ...place, taskId: name } : undefined
}

/** Console hosts of all partitions; the first label is the Region, after the account where there are several. */
const consoleHost =
  /^(?:(?:(\d{12})-[a-z0-9]+\.)?([a-z0-9-]+)\.)?console\.(?:aws\.amazon\.com|amazonaws-us-gov\.com|amazonaws\.cn|aws\.eu)$/

/** As the console writes them: `/ecs/v2/clusters/web/services/storefront/tasks/4f1c…/configuration`. */
function consolePlace(text: string): Record<string, unknown> | undefined {
  const url = URL.parse(text)
  const host = url?.protocol === 'https:' ? consoleHost.exec(url.hostname) : null
  if (url === null || host === null) return undefined
  const [, accountId, hostRegion] = host
  // The console before this one had the way behind the hash.
  const way = url.pathname === '/ecs/home' ? url.hash.slice(1) : url.pathname.replace(/^\/ecs\/v2(?=\/)/, '')
  const parts = way.split('?')[0]?.split('/').slice(1) ?? []
  if (parts[0] !== 'clusters' || parts[1] === undefined) return undefined
  return {
    accountId,
    region: url.searchParams.get('region') ?? hostRegion,
    clusterName: parts[1],
    serviceName: after(parts, 'services'),
    taskId: after(parts, 'tasks'),
  }
}

/** What follows a word on the way; lists of everything have nothing there. */
function after(parts: readonly string[], word: string): string | undefined {
  const at = parts.indexOf(word, 2)
  const name = at === -1 ? undefined : parts[at + 1]
  return name === '' ? undefined : name
}

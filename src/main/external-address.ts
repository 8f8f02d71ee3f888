import { isLoopbackHost } from '../core/aws/loopback.ts'

/**
 * The address to hand to the system, or undefined for one that must not leave
 * the app. Only the web, and in the clear only to this computer: everything
 * else (files, other programs' schemes) would let a link run things.
 */
export function externalAddress(text: string): string | undefined {
  const url = URL.parse(text)
  if (url === null || url.username !== '' || url.password !== '') return undefined
  if (url.protocol === 'https:') return url.href
  return url.protocol === 'http:' && isLoopbackHost(url.hostname) ? url.href : undefined
}

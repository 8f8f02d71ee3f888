import { pageOrigin } from '../contract/ports.ts'

/** By prefix with the slash: the URL class of Node knows no origin for schemes of our own. */
export function isOurAddress(url: string): boolean {
  return url === pageOrigin || url.startsWith(`${pageOrigin}/`)
}

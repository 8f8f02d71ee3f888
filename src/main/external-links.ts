import { shell } from 'electron'
import { externalAddress } from './external-address.ts'

/** Opens a web page in the person's browser. @returns whether it was one that may be opened */
export function openExternalLink(text: string): boolean {
  const address = externalAddress(text)
  if (address === undefined) return false
  // The system says when it has no browser; there is nobody else to tell.
  shell.openExternal(address).catch(() => {})
  return true
}

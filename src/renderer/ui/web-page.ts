/** The normalised address of a web page, or undefined for anything else that a name, program or answer may hold. */
export function webAddress(text: string): string | undefined {
  const url = URL.parse(text)
  return url?.protocol === 'https:' || url?.protocol === 'http:' ? url.href : undefined
}

/** The address of a web page that this computer itself serves. */
export function localWebAddress(text: string): string | undefined {
  const address = webAddress(text)
  return address !== undefined && isLocalHost(new URL(address).hostname) ? address : undefined
}

export function isLocalHost(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname)
}

/**
 * Opens a page outside of the app. Called only from a click: browsers allow no
 * other moment, and neither do we. Nothing but web pages is opened, whatever
 * the address came from.
 */
export function openPage(text: string): void {
  const address = webAddress(text)
  if (address !== undefined) window.open(address, '_blank', 'noopener,noreferrer')
}

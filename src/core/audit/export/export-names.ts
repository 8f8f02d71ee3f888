import type { AuditSession } from '../../../contract/audit.ts'
import type { ExportRequest, RecordingRequest } from '../../../contract/export.ts'

/** "porthole-audit-2026-11-25-143012123-redacted.zip": nothing in it comes from AWS or a container. */
export function archiveName(now: number, { redacted }: ExportRequest): string {
  const stamp = new Date(now).toISOString().slice(0, 23).replaceAll(/[:.]/g, '').replace('T', '-')
  return `porthole-audit-${stamp}${redacted ? '-redacted' : ''}.zip`
}

/** "nginx-ana-2026-11-25-1430.cast": where, who and when, as far as a file may be called so. */
export function recordingName(
  { container, userName, startedAt }: Pick<AuditSession, 'container' | 'userName' | 'startedAt'>,
  { form, redacted }: Pick<RecordingRequest, 'form' | 'redacted'>,
): string {
  const stamp = new Date(startedAt).toISOString().slice(0, 16).replace(':', '').replace('T', '-')
  const version = form === 'asciicast-v2' ? '-v2' : ''
  const end = `-${stamp}${version}${redacted ? '-redacted' : ''}.${form === 'text' ? 'txt' : 'cast'}`
  return safeName(`${container.containerName}-${userName}`) + end
}

/** The longest that is left for names: with what we add, shorter than any file system's 255 bytes. */
const longestBytes = 120

/** What Windows keeps for devices, whatever follows behind a dot or a superscript. */
const reservedOnWindows = /^(?:con|prn|aux|nul|conin\$|conout\$|clock\$|(?:com|lpt)[\d¹²³])(?=$|[.-])/i

/**
 * A name that every system takes as the name of a file in the folder where it
 * is put: letters, digits, dots, hyphens and underscores, none hidden, none a device.
 */
export function safeName(text: string): string {
  const plain = text
    .normalize('NFC')
    .replaceAll(/[^\p{L}\p{N}\p{M}._-]+/gu, '-')
    .replaceAll(/\.{2,}/g, '.')
  const cut = cutToBytes(plain, longestBytes).replaceAll(/^[^\p{L}\p{N}]+|[-._]+$/gu, '')
  if (cut === '') return 'session'
  return reservedOnWindows.test(cut) ? `session-${cut}` : cut
}

/** Never in the middle of a character. */
function cutToBytes(text: string, bytes: number): string {
  let length = 0
  let cut = ''
  for (const character of text) {
    length += Buffer.byteLength(character)
    if (length > bytes) break
    cut += character
  }
  return cut
}

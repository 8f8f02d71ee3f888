import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import path from 'node:path'

/** The drawing for large sizes, the one with fewer and bolder strokes for small ones, and the one on macOS's plate. */
export const drawings = ['porthole.svg', 'porthole-small.svg', 'porthole-mac.svg'] as const
export type Drawing = (typeof drawings)[number]

/** Up to this edge the bolts and the inner ring of the large drawing turn to mud. */
const largestSmallSize = 32

export const linuxSizes = [16, 24, 32, 48, 64, 128, 256, 512, 1024]
export const windowsSizes = [16, 24, 32, 48, 64, 128, 256]
export const macSizes = [16, 32, 64, 128, 256, 512, 1024]

export function drawingFor(size: number, platform: 'mac' | 'other'): Drawing {
  if (size <= largestSmallSize) return 'porthole-small.svg'
  return platform === 'mac' ? 'porthole-mac.svg' : 'porthole.svg'
}

/** Tells whether the rendered files belong to the drawings as they are now. */
export function fingerprintOfDrawings(iconsFolder: string): string {
  const hash = createHash('sha256')
  for (const name of drawings)
    hash.update(readFileSync(path.join(iconsFolder, name), 'utf8').replaceAll('\r\n', '\n'))
  return hash.digest('hex')
}

import { readFileSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type IconPicture, writeIcns, writeIco } from '../../../scripts/packaging/icon-containers.ts'
import {
  drawings,
  fingerprintOfDrawings,
  linuxSizes,
  macSizes,
  windowsSizes,
} from '../../../scripts/packaging/icon-files.ts'

const projectFolder = path.resolve(import.meta.dirname, '../../..')
const iconsFolder = path.join(projectFolder, 'resources/icons')

/** The edge that a PNG's first chunk declares; throws on anything that is not a square PNG. */
function edgeOf(png: Buffer): number {
  expect(png.subarray(1, 4).toString('latin1')).toBe('PNG')
  expect(png.readUInt32BE(16)).toBe(png.readUInt32BE(20))
  return png.readUInt32BE(16)
}

/** Read by the formats' descriptions, not by the writer's code. */
function readIco(file: Buffer): IconPicture[] {
  expect([file.readUInt16LE(0), file.readUInt16LE(2)]).toEqual([0, 1])
  return Array.from({ length: file.readUInt16LE(4) }, (_, index) => {
    const entry = file.subarray(6 + 16 * index, 22 + 16 * index)
    const [length, position] = [entry.readUInt32LE(8), entry.readUInt32LE(12)]
    return { size: entry[0] || 256, png: file.subarray(position, position + length) }
  })
}

function readIcns(file: Buffer): { type: string; png: Buffer }[] {
  expect(file.subarray(0, 4).toString('latin1')).toBe('icns')
  expect(file.readUInt32BE(4)).toBe(file.length)
  const entries: { type: string; png: Buffer }[] = []
  for (let position = 8; position < file.length; ) {
    const length = file.readUInt32BE(position + 4)
    entries.push({
      type: file.subarray(position, position + 4).toString('latin1'),
      png: file.subarray(position + 8, position + length),
    })
    position += length
  }
  return entries
}

const pictures = (sizes: number[]) =>
  fc
    .uniqueArray(fc.constantFrom(...sizes), { minLength: 1 })
    .chain((chosen) =>
      fc.tuple(
        ...chosen.map((size) =>
          fc.uint8Array({ maxLength: 300 }).map((bytes) => ({ size, png: Buffer.from(bytes) })),
        ),
      ),
    )

describe('icon containers', () => {
  it('give back what was put into an ico', () => {
    fc.assert(
      fc.property(pictures(windowsSizes), (given) => {
        expect(readIco(writeIco(given))).toEqual(given)
      }),
    )
  })

  it('give back what was put into an icns, each size under each of its names', () => {
    fc.assert(
      fc.property(pictures(macSizes), (given) => {
        const entries = readIcns(writeIcns(given))
        expect(new Set(entries.map(({ type }) => type)).size).toBe(entries.length)
        for (const { png } of given) expect(entries.some((entry) => entry.png.equals(png))).toBe(true)
      }),
    )
  })

  it('refuse a size that macOS does not know', () => {
    expect(() => writeIcns([{ size: 48, png: Buffer.alloc(1) }])).toThrow('48 pixels')
  })
})

describe('the icon', () => {
  it('was rendered from the drawings as they are; if this fails, run npm run icons', () => {
    expect(readFileSync(path.join(iconsFolder, 'rendered-from.sha256'), 'utf8').trim()).toBe(
      fingerprintOfDrawings(iconsFolder),
    )
  })

  it('is there in every size for every system', () => {
    const png = (size: number) => readFileSync(path.join(iconsFolder, 'png', `${size}x${size}.png`))
    expect(linuxSizes.map((size) => edgeOf(png(size)))).toEqual(linuxSizes)
    const ico = readIco(readFileSync(path.join(iconsFolder, 'porthole.ico')))
    expect(ico.map((entry) => entry.size)).toEqual(windowsSizes)
    expect(ico.map((entry) => edgeOf(entry.png))).toEqual(windowsSizes)
    const icns = readIcns(readFileSync(path.join(iconsFolder, 'porthole.icns')))
    expect(new Set(icns.map((entry) => edgeOf(entry.png)))).toEqual(new Set(macSizes))
  })

  it('uses the colours of the interface', () => {
    const tokens = readFileSync(path.join(projectFolder, 'src/renderer/app/tokens.css'), 'utf8')
    const used = drawings.flatMap(
      (name) => readFileSync(path.join(iconsFolder, name), 'utf8').match(/#[0-9a-f]{3,8}\b/g) ?? [],
    )
    expect(used.length).toBeGreaterThan(10)
    expect([...new Set(used)].filter((color) => !tokens.includes(color))).toEqual([])
  })
})

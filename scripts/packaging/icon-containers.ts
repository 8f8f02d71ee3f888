/** A square picture in PNG; `size` is its edge in pixels. */
export interface IconPicture {
  size: number
  png: Buffer
}

/**
 * Windows' container: a header of 6 bytes, 16 bytes of directory per picture,
 * then the pictures. PNG inside is understood since Windows Vista. A byte holds
 * the edge, so 256 is written as 0.
 */
export function writeIco(pictures: IconPicture[]): Buffer {
  const header = Buffer.alloc(6 + 16 * pictures.length)
  header.writeUInt16LE(1, 2)
  header.writeUInt16LE(pictures.length, 4)
  let position = header.length
  for (const [index, { size, png }] of pictures.entries()) {
    const entry = 6 + 16 * index
    header.writeUInt8(size % 256, entry)
    header.writeUInt8(size % 256, entry + 1)
    header.writeUInt16LE(1, entry + 4)
    header.writeUInt16LE(32, entry + 6)
    header.writeUInt32LE(png.length, entry + 8)
    header.writeUInt32LE(position, entry + 12)
    position += png.length
  }
  return Buffer.concat([header, ...pictures.map((picture) => picture.png)])
}

/** Which of macOS's entries hold a picture of which edge; the second name of a size is its half at double density. */
const icnsTypes: Record<number, string[]> = {
  16: ['icp4'],
  32: ['icp5', 'ic11'],
  64: ['ic12'],
  128: ['ic07'],
  256: ['ic08', 'ic13'],
  512: ['ic09', 'ic14'],
  1024: ['ic10'],
}

/**
 * macOS's container: `icns` and the whole length, then per entry four letters,
 * its length with this header, and a PNG. Numbers are big-endian.
 * @throws Error for a size that macOS has no entry for
 */
export function writeIcns(pictures: IconPicture[]): Buffer {
  const entries = pictures.flatMap(({ size, png }) => {
    const types = icnsTypes[size]
    if (types === undefined) throw new Error(`macOS icons have no entry of ${size} pixels.`)
    return types.map((type) => Buffer.concat([icnsHeader(type, png.length), png]))
  })
  const content = Buffer.concat(entries)
  return Buffer.concat([icnsHeader('icns', content.length), content])
}

function icnsHeader(type: string, contentBytes: number): Buffer {
  const header = Buffer.alloc(8)
  header.write(type, 'latin1')
  header.writeUInt32BE(8 + contentBytes, 4)
  return header
}

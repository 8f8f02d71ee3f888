import type { ImportPart } from '../../../../contract/cloud-audit.ts'
import { PortholeError } from '../../../../contract/errors.ts'
import { longestFileBytes } from './trail-file.ts'

/** Pages send one file after the other; more than this were left behind by pages that are gone. */
const mostAtOnce = 4

/** Files on their way from a page, part by part. */
export class Uploads {
  readonly #parts = new Map<string, { pieces: Buffer[]; length: number }>()

  /**
   * @returns the whole file with its last part
   * @throws {PortholeError} FILE_REFUSED for more than was announced or than is allowed
   */
  take({ upload, name, size, bytes }: ImportPart): Uint8Array | undefined {
    const piece = Buffer.from(bytes, 'base64')
    const known = this.#parts.get(upload) ?? { pieces: [], length: 0 }
    const length = known.length + piece.byteLength
    if (size > longestFileBytes || length > size || (piece.byteLength === 0 && size > 0)) {
      this.#parts.delete(upload)
      throw tooLarge(name)
    }
    known.pieces.push(piece)
    known.length = length
    this.#parts.set(upload, known)
    if (length < size) {
      this.#forgetOldest()
      return undefined
    }
    this.#parts.delete(upload)
    return Buffer.concat(known.pieces)
  }

  #forgetOldest(): void {
    const [oldest] = this.#parts.keys()
    if (this.#parts.size > mostAtOnce && oldest !== undefined) this.#parts.delete(oldest)
  }
}

function tooLarge(name: string): PortholeError {
  return new PortholeError({
    code: 'FILE_REFUSED',
    message: `${name} was not imported. It is larger than ${longestFileBytes / 1024 / 1024} MB, or changed meanwhile.`,
    action: 'Import a file as CloudTrail delivers it to S3, or the output of aws cloudtrail lookup-events.',
  })
}

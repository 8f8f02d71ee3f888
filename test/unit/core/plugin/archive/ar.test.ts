import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readAr } from '../../../../../src/core/plugin/archive/ar.ts'
import { ArchiveProblem } from '../../../../../src/core/plugin/archive/archive-problem.ts'
import { arArchive } from '../../../../fixtures/archives.ts'

const memberName = fc.stringMatching(/^[a-z0-9._-]{1,15}$/)
const members = fc.dictionary(memberName, fc.uint8Array({ maxLength: 50 }), {
  maxKeys: 16,
  noNullPrototype: true,
})

describe('readAr', () => {
  test('reads back what was written, of even and odd length', () => {
    fc.assert(
      fc.property(members, (written) => {
        const read = readAr(arArchive(written))
        expect(read.map(({ name, bytes }) => [name, [...bytes]])).toEqual(
          Object.entries(written).map(([name, bytes]) => [name, [...bytes]]),
        )
      }),
    )
  })

  test('whatever it is given, it reads it or says what is wrong', () => {
    const damaged = fc.tuple(members, fc.nat(), fc.nat(255)).map(([written, at, byte]) => {
      const archive = arArchive(written)
      archive[at % archive.byteLength] = byte
      return archive.subarray(0, archive.byteLength - (at % 7))
    })
    fc.assert(
      fc.property(fc.oneof(damaged, fc.uint8Array({ maxLength: 300 })), (archive) => {
        try {
          const read = readAr(archive)
          const total = read.reduce((sum, { bytes }) => sum + bytes.byteLength, 0)
          expect(total).toBeLessThanOrEqual(archive.byteLength)
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(ArchiveProblem)
        }
      }),
    )
  })

  test.each([
    ['something else', Buffer.from('PK\x03\x04'), 'It is no ar archive.'],
    [
      'an end in a header',
      arArchive({ a: Buffer.from('x') }).subarray(0, 40),
      'The ar archive is damaged at byte 8.',
    ],
    ['an end in a member', arArchive({ a: Buffer.from('xyz') }).subarray(0, 70), /ends in the middle of "a"/],
  ])('refuses %s', (_, archive, problem) => expect(() => readAr(archive)).toThrow(problem))

  test('refuses more members than a package has', () => {
    const many = Object.fromEntries(Array.from({ length: 17 }, (_, index) => [`m${index}`, Buffer.alloc(1)]))
    expect(() => readAr(arArchive(many))).toThrow('more than 16 members')
  })
})

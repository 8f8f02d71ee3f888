import { gunzipSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ArchiveProblem } from '../../../../../src/core/plugin/archive/archive-problem.ts'
import { readGzippedTar } from '../../../../../src/core/plugin/archive/tar.ts'
import { gzippedTar, type TarEntry } from '../../../../fixtures/archives.ts'

const program: TarEntry = { name: './usr/bin/program', text: 'the program' }
const wantProgram = (path: string) => path === 'usr/bin/program'

describe('readGzippedTar', () => {
  test('takes what is wanted and leaves the rest', async () => {
    const archive = await gzippedTar([
      { name: './usr/', type: 'directory' },
      { name: './usr/bin/other', text: 'other' },
      program,
      { name: './usr/bin/alias', type: 'symlink', linkname: 'program' },
    ])
    const files = await readGzippedTar(archive, wantProgram)
    expect(files.map(({ path, bytes }) => [path, bytes.toString()])).toEqual([
      ['usr/bin/program', 'the program'],
    ])
  })

  test.each<[string, TarEntry, RegExp]>([
    ['a path that climbs out', { name: '../../etc/cron.d/x', text: 'x' }, /leads out of it/],
    ['an absolute path', { name: '/etc/passwd', text: 'x' }, /leads out of it/],
    [
      'a symbolic link that climbs out',
      { name: 'usr/x', type: 'symlink', linkname: '../../etc' },
      /link from "usr\/x"/,
    ],
    ['an absolute symbolic link', { name: 'usr/x', type: 'symlink', linkname: '/etc/passwd' }, /link from/],
    ['a hard link that climbs out', { name: 'usr/x', type: 'link', linkname: '../etc/passwd' }, /link from/],
    ['a character device', { name: 'dev/null', type: 'character-device' }, /a character-device/],
    ['a block device', { name: 'dev/sda', type: 'block-device' }, /a block-device/],
    ['a pipe', { name: 'run/pipe', type: 'fifo' }, /a fifo/],
  ])('refuses an archive with %s, also when the wanted file is fine', async (_, entry, problem) => {
    const archive = await gzippedTar([program, entry])
    await expect(readGzippedTar(archive, wantProgram)).rejects.toThrow(problem)
    await expect(readGzippedTar(archive, wantProgram)).rejects.toBeInstanceOf(ArchiveProblem)
  })

  test('refuses more entries than allowed', async () => {
    const archive = await gzippedTar(
      Array.from({ length: 6 }, (_, index) => ({ name: `f${index}`, text: '' })),
    )
    await expect(readGzippedTar(archive, () => false, { entries: 5, bytes: 1e6 })).rejects.toThrow(
      'more than 5 entries',
    )
  })

  test('refuses a bomb before it has gone off', async () => {
    const archive = await gzippedTar([{ name: 'zeros', text: '\0'.repeat(5_000_000) }])
    expect(archive.byteLength).toBeLessThan(10_000)
    await expect(readGzippedTar(archive, () => true, { entries: 5, bytes: 1_000_000 })).rejects.toThrow(
      'larger than 1000000 bytes when unpacked',
    )
  })

  test('whatever is damaged, it reads it or says so', async () => {
    const whole = await gzippedTar([program, { name: 'a', text: 'b' }])
    const plain = gunzipSync(whole)
    const damaged = fc.oneof(
      fc.nat(whole.byteLength - 1).map((end) => whole.subarray(0, end)),
      fc.tuple(fc.nat(plain.byteLength - 1), fc.nat(255)).map(([at, byte]) => {
        const copy = Buffer.from(plain)
        copy[at] = byte
        return gzipSync(copy)
      }),
      fc.uint8Array({ maxLength: 100 }),
    )
    await fc.assert(
      fc.asyncProperty(damaged, async (archive) => {
        await readGzippedTar(archive, wantProgram).catch((thrown) =>
          expect(thrown).toBeInstanceOf(ArchiveProblem),
        )
      }),
    )
  })

  test('a download that ends early is damage', async () => {
    const archive = await gzippedTar([program])
    await expect(readGzippedTar(archive.subarray(0, -10), wantProgram)).rejects.toThrow(/is damaged/)
  })
})

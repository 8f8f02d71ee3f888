import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ArchiveProblem } from '../../../../../src/core/plugin/archive/archive-problem.ts'
import { readZip } from '../../../../../src/core/plugin/archive/zip.ts'
import { type ZipEntry, zipArchive } from '../../../../fixtures/archives.ts'

const program: ZipEntry = { name: 'bin/program.exe', bytes: Buffer.from('the program'), mode: 0o100755 }
const wantProgram = (path: string) => path === 'bin/program.exe'

describe('readZip', () => {
  test('takes what is wanted and leaves the rest', async () => {
    const archive = zipArchive([
      { name: 'bin/', bytes: Buffer.alloc(0), mode: 0o040755 },
      { name: 'LICENSE', bytes: Buffer.from('text') },
      program,
    ])
    const files = await readZip(archive, wantProgram)
    expect(files.map(({ path, bytes }) => [path, bytes.toString()])).toEqual([
      ['bin/program.exe', 'the program'],
    ])
  })

  test.each<[string, ZipEntry]>([
    ['a path that climbs out', { name: '../../Startup/x.exe', bytes: Buffer.from('x') }],
    ['a path with backslashes', { name: '..\\..\\x.exe', bytes: Buffer.from('x') }],
    ['an absolute path', { name: '/x.exe', bytes: Buffer.from('x') }],
    ['a drive', { name: 'C:/x.exe', bytes: Buffer.from('x') }],
    ['a symbolic link', { name: 'x', bytes: Buffer.from('/etc/passwd'), mode: 0o120777 }],
    ['a device', { name: 'x', bytes: Buffer.alloc(0), mode: 0o020666 }],
  ])('refuses an archive with %s, also when the wanted file is fine', async (_, entry) => {
    await expect(readZip(zipArchive([program, entry]), wantProgram)).rejects.toBeInstanceOf(ArchiveProblem)
  })

  test('refuses a file that is larger than it says, and archives over the limits', async () => {
    const lying = zipArchive([{ ...program, bytes: Buffer.alloc(1_000_000), claimedBytes: 10 }])
    await expect(readZip(lying, wantProgram)).rejects.toBeInstanceOf(ArchiveProblem)
    const two = zipArchive([program, { ...program, name: 'other' }])
    await expect(readZip(two, wantProgram, { entries: 1, bytes: 1000 })).rejects.toThrow(
      'more than 1 entries',
    )
    await expect(readZip(two, wantProgram, { entries: 9, bytes: 15 })).rejects.toThrow('larger than 15 bytes')
  })

  test('whatever is damaged, it reads it or says so', async () => {
    const whole = zipArchive([program])
    const damaged = fc.oneof(
      fc.nat(whole.byteLength - 1).map((end) => whole.subarray(0, end)),
      fc.tuple(fc.nat(whole.byteLength - 1), fc.nat(255)).map(([at, byte]) => {
        const copy = Buffer.from(whole)
        copy[at] = byte
        return copy
      }),
    )
    await fc.assert(
      fc.asyncProperty(damaged, async (archive) => {
        await readZip(archive, wantProgram).catch((thrown) => expect(thrown).toBeInstanceOf(ArchiveProblem))
      }),
      { numRuns: 300 },
    )
  })
})

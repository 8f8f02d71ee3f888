import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { ProgramAnswer, RunProgram } from '../../../../../src/core/plugin/install/run-program.ts'
import { checkPackageSignature, unpackPkg } from '../../../../../src/core/plugin/install/unpack-pkg.ts'
import {
  checkAuthenticode,
  organisationOf,
  unpackWindowsZip,
} from '../../../../../src/core/plugin/install/unpack-windows-zip.ts'
import { type ZipEntry, zipArchive } from '../../../../fixtures/archives.ts'

const { signal } = new AbortController()
type Call = [file: string, ...args: string[]]

/** The operating system, as far as these checks talk to it. */
function answering(answer: ProgramAnswer, calls: Call[] = []): RunProgram {
  return async (file, args) => {
    calls.push([file, ...args])
    return answer
  }
}
const refusal = (message: RegExp, detail?: RegExp) =>
  expect.objectContaining({
    value: expect.objectContaining({
      code: 'PLUGIN_REFUSED',
      message: expect.stringMatching(message),
      ...(detail && { detail: expect.stringMatching(detail) }),
    }),
  })

describe('the signature of a package for macOS', () => {
  const output = (status: string, signer: string) =>
    [
      'Package "session-manager-plugin.pkg":',
      `   Status: ${status}`,
      '   Notarization: trusted by the Apple notary service',
      '   Certificate Chain:',
      `    1. ${signer}`,
      '       Expires: 2027-02-01 22:12:15 +0000',
      '    2. Developer ID Certification Authority',
      '    3. Apple Root CA',
    ].join('\n')
  const distribution = 'signed by a developer certificate issued by Apple for distribution'
  const amazon = 'Developer ID Installer: AMZN Mobile LLC (94KV3E626L)'
  const check = (answer: ProgramAnswer) => checkPackageSignature('/tmp/a.pkg', answering(answer), signal)

  test('passes when macOS trusts it and Amazon is the developer', async () => {
    const calls: Call[] = []
    await checkPackageSignature(
      '/tmp/a.pkg',
      answering({ exitCode: 0, output: output(distribution, amazon) }, calls),
      signal,
    )
    expect(calls).toEqual([['/usr/sbin/pkgutil', '--check-signature', '/tmp/a.pkg']])
  })

  test.each([
    ['no signature', 1],
    ['invalid signature (file may be corrupted)', 1],
    ['signed by untrusted certificate', 0],
    ['revoked signature', 1],
    [distribution, 1],
  ])('with status %j and exit code %i is refused', async (status, exitCode) => {
    await expect(check({ exitCode, output: output(status, amazon) })).rejects.toEqual(
      refusal(/macOS does not vouch/),
    )
  })

  test.each([
    'Developer ID Installer: Somebody Else (ABCDE12345)',
    'Developer ID Installer: AMZN Mobile LLC (94KV3E626L) (ABCDE12345)',
    'Apple Development: AMZN Mobile LLC (94KV3E626L)',
    '',
  ])('of %j is refused', async (signer) => {
    await expect(check({ exitCode: 0, output: output(distribution, signer) })).rejects.toEqual(
      refusal(/somebody else than Amazon/),
    )
  })

  test('is refused when pkgutil cannot be run', async () => {
    const answer = { exitCode: undefined, output: '', problem: 'spawn /usr/sbin/pkgutil ENOENT' }
    await expect(check(answer)).rejects.toEqual(refusal(/macOS does not vouch/, /ENOENT/))
  })
})

describe('unpacking a package for macOS', () => {
  const relative = 'usr/local/sessionmanagerplugin/bin/session-manager-plugin'

  async function expandWith(put: (payloadFolder: string) => Promise<void>): Promise<Buffer> {
    const folder = await mkdtemp(path.join(tmpdir(), 'porthole-pkg-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    const runProgram: RunProgram = async (file, args) => {
      if (file === '/usr/sbin/pkgutil') await mkdir(String(args[2]))
      else await put(String(args[3]))
      return { exitCode: 0, output: '' }
    }
    return unpackPkg('/tmp/a.pkg', path.join(folder, 'expanded'), runProgram, signal)
  }

  test('takes the program out of the payload', async () => {
    const program = await expandWith(async (payload) => {
      await mkdir(path.dirname(path.join(payload, relative)), { recursive: true })
      await writeFile(path.join(payload, relative), 'the program')
    })
    expect(program.toString()).toBe('the program')
  })

  test('refuses a payload whose program is a link or missing', async () => {
    await expect(
      expandWith(async (payload) => {
        await mkdir(path.dirname(path.join(payload, relative)), { recursive: true })
        await symlink('/etc/passwd', path.join(payload, relative))
      }),
    ).rejects.toThrow('has no file')
    await expect(expandWith(async () => {})).rejects.toThrow('has no file')
  })

  test('says what pkgutil said', async () => {
    const runProgram = answering({ exitCode: 1, output: 'Could not open package: a.pkg' })
    await expect(unpackPkg('/tmp/a.pkg', '/tmp/none', runProgram, signal)).rejects.toEqual(
      refusal(/could not unpack/, /Could not open package/),
    )
  })
})

describe('the zip for Windows', () => {
  const program: ZipEntry = { name: 'bin/session-manager-plugin.exe', bytes: Buffer.from('MZ') }
  const outer = (inner: Uint8Array) =>
    zipArchive([
      { name: 'package.zip', bytes: inner },
      { name: 'install.bat', bytes: Buffer.from('@echo off') },
    ])

  test('has the program in a second zip', async () => {
    const taken = await unpackWindowsZip(
      outer(zipArchive([program, { name: 'LICENSE', bytes: Buffer.from('') }])),
    )
    expect(taken.toString()).toBe('MZ')
  })

  test('is refused when something leads out, in either zip, or the program is not there', async () => {
    const slip: ZipEntry = { name: '../../evil.exe', bytes: Buffer.from('MZ') }
    await expect(unpackWindowsZip(outer(zipArchive([program, slip])))).rejects.toThrow(/evil\.exe/)
    await expect(
      unpackWindowsZip(zipArchive([{ name: 'package.zip', bytes: zipArchive([program]) }, slip])),
    ).rejects.toThrow(/evil\.exe/)
    await expect(unpackWindowsZip(outer(zipArchive([])))).rejects.toThrow('has 0 files bin/session')
    await expect(unpackWindowsZip(zipArchive([program]))).rejects.toThrow('has 0 files package.zip')
  })
})

describe('Authenticode', () => {
  const file = "C:\\Users\\O'Hara\\plugin.exe"
  const answer = (status: string, subject: string): ProgramAnswer => ({
    exitCode: 0,
    output: `Status=${status}\r\nSubject=${subject}\r\n`,
  })
  const amazon =
    'CN="Amazon Web Services, Inc.", OU=AWS, O="Amazon Web Services, Inc.", L=Seattle, S=Washington, C=US'
  const check = (given: ProgramAnswer, calls?: Call[]) =>
    checkAuthenticode(file, answering(given, calls), { systemRoot: 'C:\\Windows', signal })

  test('passes when Windows trusts it and Amazon has signed', async () => {
    const calls: Call[] = []
    await check(answer('Valid', amazon), calls)
    const [[powershell, ...args] = ['']] = calls
    expect(powershell).toBe('C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe')
    expect(args.at(-1)).toContain("-LiteralPath 'C:\\Users\\O''Hara\\plugin.exe'")
  })

  test.each(['NotSigned', 'HashMismatch', 'NotTrusted', 'UnknownError', 'Valid2'])(
    '%s is refused',
    async (status) => {
      await expect(check(answer(status, amazon))).rejects.toEqual(
        refusal(/Windows does not vouch/, new RegExp(status)),
      )
    },
  )

  test.each([
    '',
    'CN=Amazon Web Services',
    'CN="x, O=Amazon.com, Inc.", O=Mallory',
    'O="Amazon Web Services, Inc. of Mallory"',
  ])('signed by %j is refused', async (subject) => {
    await expect(check(answer('Valid', subject))).rejects.toEqual(refusal(/somebody else than Amazon/))
  })

  test('is refused when PowerShell cannot be run', async () => {
    await expect(check({ exitCode: undefined, output: '', problem: 'ENOENT' })).rejects.toEqual(
      refusal(/Windows does not vouch/, /ENOENT/),
    )
  })

  test.each([
    [amazon, 'Amazon Web Services, Inc.'],
    ['CN=x, O=Plain, C=US', 'Plain'],
    ['O="with ""quotes"""', 'with "quotes"'],
    ['CN="a, O=Fake, b", C=US', undefined],
    ['CN="a, O=Fake, b", O=Real', 'Real'],
    ['CN="a"", O=Fake, b", O=Real', 'Real'],
    ['CN="never closed, O=Fake', undefined],
    ['CN=x', undefined],
  ])('the organisation in %j is %j', (subject, organisation) =>
    expect(organisationOf(subject)).toBe(organisation),
  )
})

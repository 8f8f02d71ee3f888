import { spawnSync } from 'node:child_process'
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import path from 'node:path'
import { extractAll } from '@electron/asar'
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses'
import { NtExecutable, NtExecutableResource } from 'resedit'
import { parseAst } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DesktopPlatform } from '../../fixtures/electron-distribution.ts'
import { filesBelow, type PackagedApp, packageFor, projectFolder } from './packaged-app.ts'

/** Binaries that have to lie beside the archive, per platform; all else in these packages is JavaScript. */
const binaries: Record<DesktopPlatform, string[]> = {
  linux: [
    `node_modules/better-sqlite3-multiple-ciphers/prebuilds/linux-${process.arch}.node`,
    `node_modules/better-sqlite3/prebuilds/linux-${process.arch}.node`,
    'node_modules/node-pty/build/Release/pty.node',
  ],
  darwin: [
    `node_modules/better-sqlite3-multiple-ciphers/prebuilds/darwin-${process.arch}.node`,
    `node_modules/better-sqlite3/prebuilds/darwin-${process.arch}.node`,
    `node_modules/node-pty/prebuilds/darwin-${process.arch}/pty.node`,
    `node_modules/node-pty/prebuilds/darwin-${process.arch}/spawn-helper`,
  ],
  win32: [
    `node_modules/better-sqlite3-multiple-ciphers/prebuilds/win32-${process.arch}.node`,
    `node_modules/better-sqlite3/prebuilds/win32-${process.arch}.node`,
    ...[
      'conpty.node',
      'conpty/OpenConsole.exe',
      'conpty/conpty.dll',
      'conpty_console_list.node',
      'pty.node',
      'winpty-agent.exe',
      'winpty.dll',
    ].map((name) => `node_modules/node-pty/prebuilds/win32-${process.arch}/${name}`),
  ],
}

/** About twice what it is today: a package that drags something along is noticed, growing is not. */
const largestArchiveBytes = 10 * 1024 * 1024
const largestUnpackedBytes = 8 * 1024 * 1024

// Elsewhere the workflow packages for real, and node-pty for Linux is compiled on Linux alone.
describe.runIf(process.platform === 'linux')('a package', () => {
  const apps = {} as Record<DesktopPlatform, PackagedApp>
  beforeAll(async () => {
    apps.linux = await packageFor('linux', { wrapped: ['deb', 'rpm'] })
    apps.darwin = await packageFor('darwin')
    apps.win32 = await packageFor('win32')
  })
  afterAll(() => {
    for (const app of Object.values(apps)) app[Symbol.dispose]()
  })

  describe.each(['linux', 'darwin', 'win32'] as const)('for %s', (platform) => {
    let app: PackagedApp
    beforeAll(() => {
      app = apps[platform]
    })

    it('holds what was built, the key of AWS, the packages that cannot be bundled and nothing else', () => {
      const built = ['desktop', 'renderer'].flatMap((target) =>
        filesBelow(path.join(projectFolder, 'dist', target))
          .filter((file) => !file.endsWith('.map') && file !== '.built-from')
          .map((file) => `dist/${target}/${file}`),
      )
      const ours = app.files.filter((file) => !file.startsWith('node_modules/'))
      expect(ours).toEqual(
        [
          ...built,
          'package.json',
          'resources/audit-verifier.mjs',
          'resources/session-manager-plugin-key.asc',
        ].sort(),
      )

      const packages = app.files.filter((file) => file.startsWith('node_modules/'))
      const scripts = packages.filter((file) =>
        /^node_modules\/(node-pty|better-sqlite3(-multiple-ciphers)?)\/lib\/.+\.js$/.test(file),
      )
      expect(scripts).toContain('node_modules/node-pty/lib/index.js')
      expect(scripts.filter((file) => file.endsWith('.test.js'))).toEqual([])
      expect(packages.filter((file) => !scripts.includes(file))).toEqual(
        [
          ...binaries[platform],
          'node_modules/better-sqlite3-multiple-ciphers/package.json',
          'node_modules/better-sqlite3/package.json',
          'node_modules/node-pty/package.json',
          'node_modules/openpgp/dist/node/openpgp.mjs',
          'node_modules/openpgp/package.json',
        ].sort(),
      )
    })

    it('is built of nothing but code, styles, fonts and pictures', () => {
      const kinds = new Set(
        app.files.filter((file) => file.startsWith('dist/')).map((file) => path.extname(file)),
      )
      const allowed = ['.js', '.cjs', '.html', '.css', '.svg', '.png', '.woff', '.woff2']
      expect([...kinds].filter((kind) => !allowed.includes(kind))).toEqual([])
      const suspects = /(^|\/)(test|src|scripts|docs|\.[^/]+)(\/|$)|\.(map|ts|tsx|pdb|md|gyp)$/
      expect(app.files.filter((file) => file.startsWith('dist/') && suspects.test(file))).toEqual([])
    })

    it('has its binaries beside the archive, and no others', () => {
      expect(app.unpacked).toEqual([...binaries[platform]].sort())
      const folder = `${app.asar}.unpacked`
      const runs = (file: string) => (statSync(path.join(folder, file)).mode & 0o111) === 0o111
      expect(app.unpacked.filter((file) => file.endsWith('spawn-helper') && !runs(file))).toEqual([])
      const bytes = app.unpacked.reduce((sum, file) => sum + statSync(path.join(folder, file)).size, 0)
      expect(bytes).toBeGreaterThan(1024 * 1024)
      expect(bytes).toBeLessThan(largestUnpackedBytes)
      expect(statSync(app.asar).size).toBeLessThan(largestArchiveBytes)
    })

    it('has every fuse set as wanted', async () => {
      const { version: _version, ...wire } = await getCurrentFuseWire(app.fuses)
      expect(wire).toEqual({
        [FuseV1Options.RunAsNode]: FuseState.DISABLE,
        [FuseV1Options.EnableCookieEncryption]: FuseState.ENABLE,
        [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: FuseState.DISABLE,
        [FuseV1Options.EnableNodeCliInspectArguments]: FuseState.DISABLE,
        [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: FuseState.ENABLE,
        [FuseV1Options.OnlyLoadAppFromAsar]: FuseState.ENABLE,
        [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: FuseState.DISABLE,
        [FuseV1Options.GrantFileProtocolExtraPrivileges]: FuseState.DISABLE,
        [FuseV1Options.WasmTrapHandlers]: FuseState.ENABLE,
      })
    })

    it('brings the licences and not the sample application of Electron', () => {
      const files = filesBelow(app.appFolder)
      expect(files.filter((file) => file.endsWith('default_app.asar') || file === 'version')).toEqual([])
      const named = (name: string) => files.filter((file) => file.endsWith(name))
      for (const name of ['LICENSE.electron.txt', 'LICENSES.chromium.html', 'licenses/LICENSE.txt'])
        expect([name, named(name).length]).toEqual([name, 1])
      const notices = readFileSync(path.join(app.resourcesFolder, 'licenses/THIRD-PARTY-NOTICES.txt'), 'utf8')
      // The last is winpty's author: its licence lies deep inside node-pty.
      const expected = ['react 19', 'node-pty 1', '@aws-sdk/client-ecs 3', 'Ryan Prichard']
      expect(expected.filter((text) => !notices.includes(text))).toEqual([])
    })
  })

  describe('for Linux, unpacked', () => {
    let app: PackagedApp
    let extracted: string
    beforeAll(() => {
      app = apps.linux
      extracted = path.join(app.appFolder, '..', 'extracted')
      extractAll(app.asar, extracted)
    })

    it('the native packages work from where main would load them', () => {
      const probe = path.join(extracted, 'dist/desktop/probe.js')
      writeFileSync(probe, probeScript)
      const { stdout, stderr } = spawnSync(process.execPath, [probe], { encoding: 'utf8', timeout: 20_000 })
      rmSync(probe)
      expect({ stdout: stdout.trim(), stderr }).toEqual({
        stdout: '{"fts":"harbour","shell":"42"}',
        stderr: '',
      })
    })

    it('the program runs for everyone', () => {
      expect(statSync(app.fuses).mode & 0o777).toBe(0o755)
    })

    it('nothing is imported that is not in it', () => {
      const scripts = filesBelow(path.join(extracted, 'dist/desktop')).filter((file) => /\.c?js$/.test(file))
      expect(scripts).toEqual(
        expect.arrayContaining(['main.js', 'preload.cjs', 'session-host.js', 'audit-host.js']),
      )
      const outside = scripts.flatMap((file) =>
        importsOf(readFileSync(path.join(extracted, 'dist/desktop', file), 'utf8')).filter(
          (name) => !name.startsWith('.') && !isBuiltin(name),
        ),
      )
      expect([...new Set(outside)].sort()).toEqual([
        'better-sqlite3',
        'better-sqlite3-multiple-ciphers',
        'electron',
        'node-pty',
        'openpgp',
      ])
    })

    it('no file tells where it was built', () => {
      const telling = filesBelow(extracted).filter((file) =>
        readFileSync(path.join(extracted, file)).includes(`${projectFolder}/`),
      )
      // node-gyp leaves the path of the sources in debug sections of what it compiles.
      expect(telling.filter((file) => !file.endsWith('.node'))).toEqual([])
    })

    it('package.json starts main and names the desktop file', () => {
      const metadata = JSON.parse(readFileSync(path.join(extracted, 'package.json'), 'utf8'))
      expect(metadata).toMatchObject({
        main: 'dist/desktop/main.js',
        type: 'module',
        desktopName: 'porthole.desktop',
      })
      expect(metadata).not.toHaveProperty('scripts')
      expect(metadata).not.toHaveProperty('devDependencies')
    })
  })

  it('tells Linux its desktop entry, icons in every size, an AppArmor profile, and no build ids', () => {
    const app = apps.linux
    expect(app.linuxPackages).toHaveLength(2)
    for (const { args, desktopEntry } of app.linuxPackages) {
      expect(args.at(-1)).toMatch(/=\/usr\/share\/applications\/porthole\.desktop$/)
      expect(desktopEntry.split('\n')).toEqual(expect.arrayContaining(wantedDesktopEntry))
      for (const size of [16, 24, 32, 48, 64, 128, 256, 512])
        expect(args.join('\n')).toContain(`=/usr/share/icons/hicolor/${size}x${size}/apps/porthole.png`)
    }
    const rpm = app.linuxPackages.find(({ args }) => args.some((argument) => argument.endsWith('.rpm')))?.args
    expect(rpm).toEqual(expect.arrayContaining(['--rpm-rpmbuild-define', '_build_id_links none']))
    const profile = readFileSync(path.join(app.resourcesFolder, 'apparmor-profile'), 'utf8')
    expect(profile).toContain('profile "porthole" "/opt/Porthole/porthole"')
    expect(profile).toMatch(/^\s*userns,$/m)
  })

  it('tells macOS its scheme, version floor, icon and the digest of the archive', () => {
    const app = apps.darwin
    const plist = readFileSync(path.join(app.resourcesFolder, '../Info.plist'), 'utf8')
    const value = (key: string) =>
      plist.match(new RegExp(`<key>${key}</key>\\s*<string>([^<]*)</string>`))?.[1]
    expect(value('CFBundleIdentifier')).toBe('app.porthole.desktop')
    expect(value('LSMinimumSystemVersion')).toBe('13.0')
    expect(plist).toMatch(/<key>CFBundleURLSchemes<\/key>\s*<array>\s*<string>porthole<\/string>/)
    expect(plist).toMatch(/<key>Resources\/app\.asar<\/key>[\s\S]*<key>hash<\/key>\s*<string>[0-9a-f]{64}</)
    const icon = readFileSync(path.join(app.resourcesFolder, value('CFBundleIconFile') ?? ''))
    expect(icon.equals(readFileSync(path.join(projectFolder, 'resources/icons/porthole.icns')))).toBe(true)
  })

  it('tells Windows its icon and the digest of the archive, in the program', () => {
    const app = apps.win32
    const { entries } = NtExecutableResource.from(NtExecutable.from(readFileSync(app.fuses)))
    const integrity = entries.find((entry) => entry.type === 'INTEGRITY')
    expect(Buffer.from(integrity?.bin ?? new ArrayBuffer()).toString()).toMatch(/app\.asar.*[0-9a-f]{64}/)
    const iconResourceType = 3
    expect(entries.filter((entry) => entry.type === iconResourceType).length).toBeGreaterThanOrEqual(7)
  })

  it('is refused around an Electron with a fuse that nobody decided on', async () => {
    await expect(packageFor('linux', { fuses: '1011000110' })).rejects.toThrow(/strictlyRequireAllFuses/)
  })
})

/** The name that windows carry, the file's name and package.json's desktopName agree, so that windows group. */
const wantedDesktopEntry = [
  '[Desktop Entry]',
  'Name=Porthole',
  'Exec=/opt/Porthole/porthole %U',
  'Icon=porthole',
  'Type=Application',
  'Terminal=false',
  'StartupWMClass=porthole',
  'MimeType=application/x-asciicast;x-scheme-handler/porthole;',
  'Categories=Development;',
]

/** The full-text search of the audit, and a shell. */
const probeScript = `
import Database from 'better-sqlite3'
import EncryptedDatabase from 'better-sqlite3-multiple-ciphers'
import * as pty from 'node-pty'
new Database(':memory:').exec('create table plain(x)')
const database = new EncryptedDatabase(':memory:')
database.exec("create virtual table words using fts5(word); insert into words values ('harbour')")
const fts = database.prepare("select word from words where words match 'harb*'").get().word
const shell = pty.spawn('/bin/sh', ['-c', 'echo $((6 * 7))'], {})
let output = ''
shell.onData((data) => { output += data })
shell.onExit(() => console.log(JSON.stringify({ fts, shell: output.trim() })))
`

/** What bundled code asks for by a fixed name, in statements and in calls. */
function importsOf(code: string): string[] {
  const names: string[] = []
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return
    const { type, source, callee, arguments: given } = node as SyntaxNode
    if (/^(Import|Export)/.test(type ?? '') && typeof source?.value === 'string') names.push(source.value)
    if (type === 'CallExpression' && callee?.name === 'require' && typeof given?.[0]?.value === 'string')
      names.push(given[0].value)
    Object.values(node).forEach(visit)
  }
  visit(parseAst(code))
  return names
}

/** Of a syntax tree, what tells an import. */
interface SyntaxNode {
  type?: string
  source?: { value?: unknown } | null
  callee?: { name?: string }
  arguments?: { value?: unknown }[]
}

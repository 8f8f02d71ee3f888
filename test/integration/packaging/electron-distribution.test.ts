import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ensureElectron, findElectron } from '../../../scripts/lib/electron-distribution.ts'
import { makeElectronDistribution } from '../../fixtures/electron-distribution.ts'
import { projectFolder } from './packaged-app.ts'

/** A port that no service answers on, so nothing can be downloaded wherever this runs. */
const nowhere = 'http://127.0.0.1:9/'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'porthole-electron-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('looking for Electron', () => {
  it('takes the folder that ELECTRON_OVERRIDE_DIST_PATH names', () => {
    makeElectronDistribution(folder, 'linux')
    const environment = { ELECTRON_OVERRIDE_DIST_PATH: folder }
    expect(findElectron({ environment, platform: 'linux' })).toBe(folder)
    expect(() => findElectron({ environment, platform: 'win32' })).toThrow(
      /names .*, where there is no electron\.exe\. Put an unpacked Electron/,
    )
  })

  it('says in one sentence what is missing when it cannot be downloaded', async () => {
    // A platform of which no Electron is installed here, whether or not one for this system is.
    const platform = process.platform === 'win32' ? 'linux' : 'win32'
    const environment = { ...offline(), ELECTRON_OVERRIDE_DIST_PATH: '' }
    await expect(ensureElectron({ environment, platform })).rejects.toThrow(
      /^Electron \d+\.\d+\.\d+ is not here and could not be downloaded \(fetch failed\): .*ELECTRON_MIRROR.*ELECTRON_OVERRIDE_DIST_PATH\.$/,
    )
  })
})

describe.runIf(process.platform === 'linux')('npm run dist', () => {
  it('packages around the Electron that it is given', () => {
    const electron = makeElectronDistribution(path.join(folder, 'electron'), 'linux')
    const output = path.join(folder, 'output')
    const run = dist(['--dir', '--output', output], { ELECTRON_OVERRIDE_DIST_PATH: electron })
    expect({ status: run.status, said: run.status === 0 ? '' : run.stderr }).toEqual({ status: 0, said: '' })
    const unpacked = path.join(
      output,
      process.arch === 'x64' ? 'linux-unpacked' : `linux-${process.arch}-unpacked`,
    )
    expect(existsSync(path.join(unpacked, 'porthole'))).toBe(true)
    expect(existsSync(path.join(unpacked, 'resources/app.asar'))).toBe(true)
  })

  it('fails at once, in one line, without one', () => {
    const empty = path.join(folder, 'empty')
    mkdirSync(empty)
    const run = dist(['--dir'], { ELECTRON_OVERRIDE_DIST_PATH: empty })
    expect(run.status).toBe(1)
    expect(run.stderr.trim().split('\n')).toHaveLength(1)
    expect(run.stderr).toContain('there is no electron. Put an unpacked Electron')
  })
})

function offline(): NodeJS.ProcessEnv {
  return { ...process.env, ELECTRON_MIRROR: nowhere, electron_config_cache: path.join(folder, 'cache') }
}

function dist(args: string[], environment: NodeJS.ProcessEnv) {
  return spawnSync(process.execPath, [path.join(projectFolder, 'scripts/tasks/dist.ts'), ...args], {
    cwd: projectFolder,
    env: { ...offline(), ...environment },
    encoding: 'utf8',
    timeout: 25_000,
  })
}

import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { hostArguments } from '../../../scripts/lib/choose-host.ts'

const projectFolder = path.resolve(import.meta.dirname, '../../..')

let folder: string
let program: string
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'porthole-desktop-'))
  program = path.join(folder, 'electron')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** In the place of an Electron: says how it was called. The real thing takes the same arguments. */
function standIn(script: string): void {
  writeFileSync(program, `#!/bin/sh\n${script}\n`)
  chmodSync(program, 0o755)
}

function porthole(args: string[]) {
  return spawnSync(process.execPath, [path.join(projectFolder, 'dist/node/porthole.js'), ...args], {
    encoding: 'utf8',
    timeout: 25_000,
    env: { ...process.env, HOME: folder },
  })
}

describe('which host opens', () => {
  it.each([['--browser'], ['--port', '8700'], ['--port=8700'], ['--no-open']])(
    'is the browser, without a look for Electron, with %s',
    async (...args) => {
      expect(await hostArguments(args)).toEqual([])
    },
  )

  it('--desktop does not go with what is about browsers', () => {
    const run = porthole(['start', '--desktop', '--no-open'])
    expect(run.status).toBe(1)
    expect(run.stderr).toContain('--desktop does not go with')
  })
})

describe.runIf(process.platform !== 'win32')('the desktop app', () => {
  it('is opened with the app’s folder and the data folder, and its end is ours', () => {
    standIn('echo "$@"')
    const run = porthole(['start', '--electron', program, '--data-folder', '/tmp/data'])
    expect(run.stdout.trim()).toBe(`${projectFolder} --data-folder /tmp/data`)
    expect(run.status).toBe(0)
  })

  it('in the demo gets a local AWS and nothing of the person’s own', () => {
    standIn('echo "$@"; echo "$AWS_ENDPOINT_URL $AWS_PROFILE $HOME"')
    const run = spawnSync(
      process.execPath,
      [path.join(projectFolder, 'dist/node/porthole.js'), 'demo', '--electron', program],
      { encoding: 'utf8', timeout: 25_000, env: { ...process.env, AWS_PROFILE: 'mine', HOME: folder } },
    )
    const [args, seen] = run.stdout.trim().split('\n')
    expect(args).toMatch(/ --data-folder \S+\/data --demo$/)
    expect(seen).toMatch(/^http:\/\/127\.0\.0\.1:\d+ {2}\S*porthole-demo\S*$/)
    expect(run.status).toBe(0)
  })

  it('that fails or cannot be started says so, with the way out', () => {
    standIn('exit 7')
    const failed = porthole(['start', '--electron', program])
    expect(failed.status).toBe(1)
    expect(failed.stderr).toContain('The desktop app ended with an error.')
    expect(failed.stderr).toContain('--browser')
    const missing = porthole(['start', '--electron', path.join(folder, 'nothing')])
    expect(missing.status).toBe(1)
    expect(missing.stderr).toContain('could not be started')
  })
})

import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import packageFile from '../../../package.json' with { type: 'json' }
import { contentSecurityPolicy } from '../../../src/core/page/page-policy.ts'

const projectFolder = path.resolve(import.meta.dirname, '../../..')
const read = (file: string) => readFileSync(path.join(projectFolder, file), 'utf8')
const ownTests = read('test/unit/project/security.test.ts')

/** Everything that runs in Electron's main or preload. */
const desktopSources = globSync('src/{main,preload}/**/*.ts', { cwd: projectFolder }).map(read).join('\n')
const windowSource = read('src/main/app-window.ts')

/** Rows of the checklist: number, item, what is done, and what holds it. */
const rows = read('SECURITY.md')
  .split('\n')
  .filter((line) => /^\| \d+ \|/.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map(([, number = '', item = '', , heldBy = '']) => ({ number: Number(number), item, heldBy }))

describe('SECURITY.md', () => {
  it('has all 20 items of Electron’s list, in order', () => {
    expect(rows.map(({ number }) => number)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1))
  })

  it.each(rows)('$number, $item: names a test that exists', ({ heldBy }) => {
    const elsewhere = /^`([^`]+)`: (.+)$/.exec(heldBy)
    const title = elsewhere?.[2] ?? /^static: (.+)$/.exec(heldBy)?.[1]
    const tests = elsewhere?.[1] === undefined ? ownTests : read(elsewhere[1])
    // Sources wrap long titles in either kind of quotes.
    expect(title !== undefined && tests.replaceAll("\\'", "'").includes(title)).toBe(true)
  })
})

/** A web preference as it is written in the one place that makes windows. */
function preference(name: string): string | undefined {
  return new RegExp(`\\b${name}: ([^,]+),`).exec(windowSource)?.[1]
}

describe('what every window of the app is made with', () => {
  it('is written in one place', () => {
    expect(desktopSources.match(/new (BrowserWindow|BrowserView|WebContentsView|BaseWindow)\(/g)).toEqual([
      'new BrowserWindow(',
    ])
  })

  it('node integration is off', () => {
    for (const name of ['nodeIntegration', 'nodeIntegrationInWorker', 'nodeIntegrationInSubFrames'])
      expect({ name, value: preference(name) }).toEqual({ name, value: 'false' })
  })

  it('context isolation and sandbox are on', () => {
    expect(preference('contextIsolation')).toBe('true')
    expect(preference('sandbox')).toBe('true')
    expect(read('src/main/main.ts')).toContain('app.enableSandbox()')
    expect(desktopSources).not.toMatch(/--no-sandbox|exposeInMainWorld|exposeInIsolatedWorld/)
  })

  it('web security is on', () => {
    expect(preference('webSecurity')).toBe('true')
    expect(preference('allowRunningInsecureContent')).toBe('false')
    expect(desktopSources).not.toMatch(/disable-web-security|certificate-error|setCertificateVerifyProc/)
  })

  it('no experimental features', () => {
    expect(preference('experimentalFeatures')).toBe('false')
    expect(desktopSources).not.toMatch(/enableBlinkFeatures|enable-features|appendSwitch/)
  })

  it('there are no webviews', () => {
    expect(preference('webviewTag')).toBe('false')
    const page = globSync('src/renderer/**/*.{ts,tsx,html}', { cwd: projectFolder }).map(read).join('\n')
    expect(page).not.toMatch(/<webview|allowpopups/i)
  })
})

describe('what the page may run', () => {
  it('the policy allows no inline script and no evaluation', () => {
    const scripts = contentSecurityPolicy()
      .split('; ')
      .filter((directive) => /^(default|script)-src/.test(directive))
    expect(scripts).toEqual(["default-src 'none'", "script-src 'self'"])
    expect(read('src/renderer/index.html')).not.toMatch(/<script(?![^>]* src=)|\son\w+=|https?:/i)
  })
})

describe('what the app runs on', () => {
  it('Electron is pinned and current', () => {
    const { electron } = packageFile.devDependencies
    // Electron supports its three latest majors; 45 came in October 2026.
    expect(electron).toMatch(/^\d+\.\d+\.\d+$/)
    expect(Number(electron.split('.')[0])).toBeGreaterThanOrEqual(45)
  })
})

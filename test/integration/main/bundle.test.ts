import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'

const projectFolder = path.resolve(import.meta.dirname, '../../..')
const desktop = path.join(projectFolder, 'dist/desktop')

interface Bundle {
  bytes: number
  /** Source modules, by the comment that the bundler puts before each. */
  modules: string[]
  /** Packages and built-ins that stay outside. */
  outside: string[]
}

/** Everything that is loaded when `entry` is: its file, and the chunks that it imports at once. */
function loadedWith(entry: string): Bundle {
  const files = new Set<string>()
  const outside = new Set<string>()
  const visit = (file: string) => {
    if (files.has(file)) return
    files.add(file)
    for (const [, name = ''] of readFileSync(file, 'utf8').matchAll(
      /^(?:import|export) .*?from "([^"]+)";$/gm,
    )) {
      if (name.startsWith('.')) visit(path.resolve(path.dirname(file), name))
      else outside.add(name)
    }
  }
  visit(path.join(desktop, entry))
  const texts = [...files].map((file) => readFileSync(file, 'utf8'))
  return {
    bytes: texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0),
    modules: texts.flatMap((text) =>
      [...text.matchAll(/^\/\/ ([\w@./-]+\.(?:ts|tsx|js|mjs|cjs|json))$/gm)].map(([, name = '']) => name),
    ),
    outside: [...outside],
  }
}

/** What main reads before it asks for its first window; it grows only when somebody changes this line. */
const mostBytes = 300 * 1024
const mostModules = 60

describe('what main loads before the first window', () => {
  const bundle = loadedWith('main.js')

  it('is small', () => {
    expect(bundle.modules).toContain('src/main/main.ts')
    expect(bundle.modules.length).toBeLessThanOrEqual(mostModules)
    expect(bundle.bytes).toBeLessThanOrEqual(mostBytes)
  })

  it('is no AWS client, no database, no terminal, no renderer and not the core', () => {
    const unwanted = /@aws-sdk|@smithy|better-sqlite3|node-pty|xterm|react|src\/renderer|src\/core\/app\.ts/
    expect([...bundle.modules, ...bundle.outside].filter((name) => unwanted.test(name))).toEqual([])
  })

  it('is found out when it grows: the core itself would not fit', () => {
    const chunk = readdirSync(path.join(desktop, 'chunks')).find((name) => /^desktop-core-.*\.js$/.test(name))
    const core = loadedWith(path.join('chunks', chunk ?? ''))
    expect(core.bytes).toBeGreaterThan(mostBytes)
    expect(core.modules).toContain('src/core/app.ts')
  })
})

describe('the preload script', () => {
  it('is one small file that requires Electron alone', () => {
    const text = readFileSync(path.join(desktop, 'preload.cjs'), 'utf8')
    expect([...text.matchAll(/require\("([^"]+)"\)/g)].map(([, name]) => name)).toEqual(['electron'])
    expect(Buffer.byteLength(text)).toBeLessThan(4096)
    expect(text).not.toContain('contextBridge')
  })
})

describe('without Electron', () => {
  it.each(['dist/node', 'dist/renderer'])('%s asks for none', (folder) => {
    const files = readdirSync(path.join(projectFolder, folder), { recursive: true, encoding: 'utf8' })
    const programs = files.filter((name) => name.endsWith('.js'))
    expect(programs.length).toBeGreaterThan(0)
    for (const name of programs)
      expect(readFileSync(path.join(projectFolder, folder, name), 'utf8')).not.toMatch(
        /(?:from|require\(|import\()\s*["']electron["']/,
      )
  })
})

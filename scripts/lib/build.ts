import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { build } from 'vite'
import { projectFolder, say } from './project.mjs'

/** What is built, by which config, and from what. */
const targets = {
  node: {
    // The first one empties the folder, the second adds its file.
    configs: ['vite.node.config.ts', 'vite.demo-plugin.config.ts'],
    output: 'dist/node',
    sources: ['src/**/*', '!src/renderer/**', '!src/main/**', '!src/preload/**'],
  },
  desktop: {
    configs: ['vite.desktop.config.ts', 'vite.preload.config.ts'],
    output: 'dist/desktop',
    sources: ['src/{main,preload,core,channel,contract}/**/*', 'vite.node.config.ts'],
  },
  renderer: {
    configs: ['vite.config.ts'],
    output: 'dist/renderer',
    sources: ['src/renderer/**/*', 'src/channel/**/*', 'src/contract/**/*', 'resources/icons/*.svg'],
  },
} as const

export type BuildTarget = keyof typeof targets

/** Builds each target whose sources changed since it was last built. */
export async function ensureBuilt(names: BuildTarget[]): Promise<void> {
  // Vite heeds it: with another value, like a test runner's, the page gets React's development half and our paths.
  process.env.NODE_ENV = 'production'
  for (const name of names) {
    const target = targets[name]
    const stamp = path.join(projectFolder, target.output, '.built-from')
    const fingerprint = fingerprintOf([...target.sources, ...target.configs, 'package-lock.json'])
    if (existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint) continue
    say(`Building ${name}`)
    for (const config of target.configs)
      await build({ configFile: path.join(projectFolder, config), logLevel: 'warn' })
    writeFileSync(stamp, fingerprint)
  }
}

/** By content, not by time: a fresh clone has new times and old content. */
function fingerprintOf(patterns: string[]): string {
  const excluded = patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => pattern.slice(1))
  const included = patterns.filter((pattern) => !pattern.startsWith('!'))
  const files = globSync(included, { cwd: projectFolder, exclude: excluded, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(projectFolder, path.join(entry.parentPath, entry.name)))
    .sort()
  const hash = createHash('sha256')
  for (const file of files) hash.update(`${file}\0`).update(readFileSync(path.join(projectFolder, file)))
  return hash.digest('hex')
}

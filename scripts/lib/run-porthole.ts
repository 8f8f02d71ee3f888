import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { type BuildTarget, ensureBuilt } from './build.ts'
import { projectFolder } from './project.mjs'

/** Brings the build up to date and becomes the `porthole` command, in this very process. */
export async function runPorthole(command: string, needs: BuildTarget[]): Promise<void> {
  await ensureBuilt(needs)
  const entry = path.join(projectFolder, 'dist', 'node', 'porthole.js')
  process.argv = [process.argv[0] ?? 'node', entry, command, ...process.argv.slice(2)]
  await import(pathToFileURL(entry).href)
}

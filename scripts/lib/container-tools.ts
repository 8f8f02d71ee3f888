import path from 'node:path'
import { ensureContainerTools } from '../../src/sandbox/containers/container-tools.ts'
import { projectFolder, say } from './project.mjs'

/** Gets what the demo's containers need beyond this system, once, so that a later start works offline. */
export async function ensureTools(): Promise<void> {
  if (process.platform !== 'linux') return
  const report = await ensureContainerTools({
    cacheFolder: path.join(projectFolder, '.cache', 'container-tools'),
    log: say,
  })
  if (report.missing.length > 0) say(report.summary)
}

import { parseArgs } from 'node:util'
import { ensureBuilt } from '../lib/build.ts'
import { ensureElectron } from '../lib/electron-distribution.ts'
import { projectFolder, say } from '../lib/project.mjs'
import { packageApp } from '../packaging/package-app.ts'

const { values } = parseArgs({
  options: {
    // Only the application's folder, without an installer around it.
    dir: { type: 'boolean', default: false },
    output: { type: 'string' },
  },
})

try {
  // First what may be missing, then what takes time.
  const electronFolder = await ensureElectron({ environment: process.env, platform: process.platform })
  await ensureBuilt(['desktop', 'renderer'])
  const installers = await packageApp({
    projectFolder,
    electronFolder,
    folderOnly: values.dir,
    outputFolder: values.output,
  })
  for (const file of installers) process.stdout.write(`${file}\n`)
} catch (error) {
  say(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}

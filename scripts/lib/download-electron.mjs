// Gets the zip of the Electron that package.json names into Electron's own
// cache, with progress; its install.js then only unpacks it. A process of its
// own, because the proxy variables count for a whole process.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { downloadArtifact } from '@electron/get'
import { modulesFolder } from './project.mjs'

/** Steps of progress that are worth a line. */
const progressStep = 0.1

const folder = path.join(modulesFolder, 'electron')
/** @param {string} name */
const read = (name) => JSON.parse(readFileSync(path.join(folder, name), 'utf8'))
let told = 0

await downloadArtifact({
  version: read('package.json').version,
  artifactName: 'electron',
  checksums: read('checksums.json'),
  platform: process.env.ELECTRON_INSTALL_PLATFORM ?? process.platform,
  arch: process.env.ELECTRON_INSTALL_ARCH ?? process.arch,
  ...(process.env.electron_config_cache ? { cacheRoot: process.env.electron_config_cache } : {}),
  downloadOptions: {
    /** @param {{ percent: number }} progress */
    async getProgressCallback({ percent }) {
      if (percent < told + progressStep && percent < 1) return
      told = percent
      process.stdout.write(`  ${Math.round(percent * 100)} %\n`)
    },
  },
})

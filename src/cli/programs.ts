import { existsSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const here = path.dirname(fileURLToPath(import.meta.url))

/**
 * Where the other programs and files of this installation are. Bundled, they
 * lie beside this file in dist/node; run from source, where they are written.
 */
function locate(bundled: string, source: string): string {
  const beside = path.join(here, bundled)
  return existsSync(beside) ? beside : path.join(here, source)
}

/** Command line of the local AWS. */
export function sandboxProgram(): [string, ...string[]] {
  return [
    process.execPath,
    '--disable-warning=ExperimentalWarning',
    locate('sandbox.js', '../sandbox/main.ts'),
  ]
}

export function auditWorkerUrl(): URL {
  return pathToFileURL(locate('audit-worker.js', '../core/audit/audit-worker.ts'))
}

/** AWS's public key, with which it signs its plugin. */
export function pluginKeyFile(): string {
  return path.join(here, '../../resources/session-manager-plugin-key.asc')
}

/** What checks an export of the audit history without Porthole. */
export function verifierFile(): string {
  return path.join(here, '../../resources/audit-verifier.mjs')
}

/** The built page. */
export function rendererFolder(): string {
  return locate('../renderer', '../../dist/renderer')
}

/** The folder whose package.json names the built main of the desktop app. */
export function desktopAppFolder(): string {
  return path.resolve(here, '../..')
}

import path from 'node:path'
import { fileURLToPath } from 'node:url'

export const projectFolder = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..')
export const modulesFolder = path.join(projectFolder, 'node_modules')

/**
 * Progress goes to standard error: standard output belongs to the command (a ready line, a table).
 * @param {string} line
 */
export function say(line) {
  process.stderr.write(`${line}\n`)
}

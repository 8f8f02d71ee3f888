import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { PortholeError } from '../../contract/errors.ts'

export interface PageFile {
  content: Buffer
  type: string
  /** Its name carries a hash of its content, so a browser may keep it for good. */
  immutable: boolean
}

/** By URL path. */
export type PageFiles = ReadonlyMap<string, PageFile>

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
  '.json': 'application/json',
}

/**
 * Reads the built page once into a map from URL path to file. Requests are
 * answered from the map alone, so no path from outside ever meets the disk.
 * @throws {PortholeError} INTERNAL when the page was not built
 */
export function readPageFiles(folder: string): PageFiles {
  let names: string[]
  try {
    names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  } catch (cause) {
    throw new PortholeError(
      {
        code: 'INTERNAL',
        message: `The page is not built: ${folder} cannot be read.`,
        action: 'Run npm run build.',
      },
      { cause },
    )
  }
  const files = new Map<string, PageFile>()
  for (const name of names) {
    const type = types[path.extname(name)]
    if (type === undefined) continue
    const urlPath = `/${name.split(path.sep).join('/')}`
    files.set(urlPath, {
      content: readFileSync(path.join(folder, name)),
      type,
      immutable: urlPath.startsWith('/assets/'),
    })
  }
  const page = files.get('/index.html')
  if (page !== undefined) files.set('/', page)
  return files
}

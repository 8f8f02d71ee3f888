import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'

/** A package that the product is made of, bundled or beside the bundle. */
export interface ThirdPartyPackage {
  name: string
  version: string
  /** SPDX expression from its package.json. */
  license: string
  /** Who wrote it; empty when the package does not say. */
  author: string
  /** Licences and notices it ships, those of sources inside it included, in order of their paths. */
  texts: string[]
}

interface Lock {
  packages: Record<string, { version?: string; license?: string; dev?: boolean; optional?: boolean }>
}

/**
 * Every package that package-lock.json does not call a development or an
 * optional dependency. That is more than the bundle holds (it drops what nobody
 * imports), never less. The optional ones are the Node that scripts run on.
 * @throws Error when such a package is not installed
 */
export function productionPackages(projectFolder: string): ThirdPartyPackage[] {
  const lock = JSON.parse(readFileSync(path.join(projectFolder, 'package-lock.json'), 'utf8')) as Lock
  const packages = Object.entries(lock.packages)
    .filter(([folder, entry]) => folder !== '' && entry.dev !== true && entry.optional !== true)
    .map(([folder, entry]) => ({
      name: folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length),
      version: entry.version ?? '',
      license: entry.license ?? '',
      author: authorOf(path.join(projectFolder, folder)),
      texts: licenseTexts(path.join(projectFolder, folder)),
    }))
    .sort((a, b) => compare(a.name, b.name) || compare(a.version, b.version))
  return packages.map((one) =>
    one.texts.length > 0 ? one : { ...one, texts: textsOfSibling(one, packages) },
  )
}

/** One text for people: who is in there under which licence, then each licence text once with who uses it. */
export function noticesText(packages: ThirdPartyPackage[]): string {
  const users = new Map<string, string[]>()
  for (const { name, version, texts } of packages)
    for (const text of texts) users.set(text, [...(users.get(text) ?? []), `${name} ${version}`])

  const list = packages.map(({ name, version, license }) => `  ${name} ${version}: ${license}`)
  const texts = [...users].map(([text, names]) => `${rule}\n${names.join(', ')}\n${rule}\n\n${text}\n`)
  return `${preface}\n\n${list.join('\n')}\n\n${texts.join('\n')}`
}

const rule = '-'.repeat(78)

const preface = `Porthole contains software by other people. These are the packages it is made of,
with their licences. Electron's own licence and Chromium's are in the files
LICENSE.electron.txt and LICENSES.chromium.html of this application.`

function authorOf(folder: string): string {
  const { author } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as {
    author?: string | { name?: string }
  }
  return (typeof author === 'string' ? author : author?.name) ?? ''
}

/** The whole package is searched: node-pty, for one, carries winpty with a licence of its own. */
function licenseTexts(folder: string): string[] {
  const files = globSync('**/*', {
    cwd: folder,
    exclude: (entry) => entry.name === 'node_modules',
    withFileTypes: true,
  })
    .filter((entry) => entry.isFile() && licenseFile.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort(compare)
  return [...new Set(files.map((file) => readFileSync(file, 'utf8').replaceAll('\r\n', '\n').trim()))]
}

const licenseFile = /^(licen[cs]e|copying|notice)(-[a-z0-9.]+)?(\.(md|txt))?$/i

/**
 * A few packages leave the licence text in the repository they share with
 * others. Same scope or same author, and the same licence: it is that text.
 */
function textsOfSibling(one: ThirdPartyPackage, packages: ThirdPartyPackage[]): string[] {
  const scope = one.name.startsWith('@') ? one.name.split('/')[0] : undefined
  const isSibling = (other: ThirdPartyPackage): boolean =>
    other.license === one.license &&
    other.texts.length > 0 &&
    ((scope !== undefined && other.name.startsWith(`${scope}/`)) ||
      (one.author !== '' && other.author === one.author))
  return packages.find(isSibling)?.texts ?? []
}

/** By code unit, so that the text is the same on every machine. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

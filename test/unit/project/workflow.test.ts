import { existsSync, globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'

const projectFolder = path.resolve(import.meta.dirname, '../../..')
const { scripts } = JSON.parse(readFileSync(path.join(projectFolder, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>
}
const workflows = globSync('.github/workflows/*', { cwd: projectFolder }).map((file) => ({
  file,
  text: readFileSync(path.join(projectFolder, file), 'utf8').replaceAll('\r\n', '\n'),
}))

/** Everything wrong with a workflow that a machine can see. */
function faultsOf(text: string): string[] {
  return [...pinFaults(text), ...permissionFaults(text), ...commandFaults(text)]
}

/** A tag can be moved to other code, a commit cannot; the comment is for people and for update bots. */
function pinFaults(text: string): string[] {
  const lines = text.split('\n').filter((line) => /\buses\s*:/.test(line))
  const pinned = /^\s+(- )?uses: [\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/
  return lines.filter((line) => !pinned.test(line)).map((line) => `not pinned: ${line.trim()}`)
}

function permissionFaults(text: string): string[] {
  const faults = [...text.matchAll(/^.*\bwrite(-all)?\s*$/gm)].map(([line]) => `may write: ${line.trim()}`)
  if (!/^permissions:\n {2}contents: read\n(?! )/m.test(text)) faults.push('no least permissions at the top')
  if (/pull_request_target/.test(text)) faults.push('runs other people’s code with our rights')
  if (/\$\{\{\s*github\.event\.|\$\{\{\s*github\.head_ref/.test(text))
    faults.push('puts input into a command')
  const checkouts = text.split('actions/checkout@').length - 1
  if (text.split('persist-credentials: false').length - 1 !== checkouts) faults.push('keeps a credential')
  return faults
}

/** What a step runs has to be there: npm scripts in package.json, files of ours, programs of packages. */
function commandFaults(text: string): string[] {
  const npm = [...text.matchAll(/\bnpm (?:run ([\w:-]+)|(test|start)\b)/g)].map(
    (match) => match[1] ?? match[2] ?? '',
  )
  const files = [...text.matchAll(/\bnode ([\w./-]+\.m?[jt]s)\b/g)].map((match) => match[1] ?? '')
  return [
    ...npm.filter((name) => scripts[name] === undefined).map((name) => `no npm script: ${name}`),
    ...files
      .filter((file) => !existsSync(path.join(projectFolder, file)))
      .map((file) => `no such file: ${file}`),
  ]
}

describe('the workflows', () => {
  it('are pinned, may only read, and run commands that exist', () => {
    expect(workflows.map(({ file }) => path.basename(file))).toContain('ci.yml')
    expect(workflows.flatMap(({ file, text }) => faultsOf(text).map((fault) => `${file}: ${fault}`))).toEqual(
      [],
    )
  })

  it('run the tests and make the installers on all three systems', () => {
    const ci = workflows.find(({ file }) => file.endsWith('ci.yml'))?.text ?? ''
    for (const job of ci.split(/^ {2}(?=test:|dist:)/m).slice(1))
      expect(job).toMatch(/system: \[ubuntu-[\d.]+, macos-\d+, windows-\d+\]/)
    expect(ci).toContain('run: xvfb-run --auto-servernum npm test')
    expect(ci).toContain('run: npm run dist')
  })

  const sound = workflows.find(({ file }) => file.endsWith('ci.yml'))?.text ?? ''
  it.each([
    ['a tag instead of a commit', sound.replace(/@[0-9a-f]{40} # v/, '@v'), 'not pinned'],
    ['a short commit', sound.replace(/@([0-9a-f]{7})[0-9a-f]{33}/, '@$1'), 'not pinned'],
    ['no version beside the commit', sound.replace(/ # v\d+\.\d+\.\d+/, ''), 'not pinned'],
    ['a permission to write', sound.replace('contents: read', 'contents: write'), 'may write'],
    ['no permissions', sound.replace('permissions:\n  contents: read\n', ''), 'no least permissions'],
    [
      'a credential left behind',
      sound.replace('persist-credentials: false', 'fetch-depth: 1'),
      'keeps a credential',
    ],
    ['an unknown npm script', sound.replace('npm run check', 'npm run czech'), 'no npm script'],
    ['a missing file', sound.replace('electron/install.js', 'electron/setup.js'), 'no such file'],
    ['input in a command', `${sound}\n# \${{ github.event.pull_request.title }}`, 'puts input'],
  ])('would be refused with %s', (_case, text, fault) => {
    expect(text).not.toBe(sound)
    expect(faultsOf(text).join('\n')).toContain(fault)
  })
})

import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { noticesText, productionPackages } from '../../../scripts/packaging/third-party-notices.ts'
import { exchangeableModules, nodeBundle } from '../../../vite.node.config.ts'

const projectFolder = path.resolve(import.meta.dirname, '../../..')

/** Licences whose works may be distributed inside an application under Apache-2.0. */
const compatible = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  // Fonts alone: may be bundled with software, not sold by themselves.
  'OFL-1.1',
  'Unlicense',
])

/**
 * LGPL works may go along only as files of their own that anybody can exchange:
 * kept outside of every bundle, loaded by name when needed.
 */
const exchangeable = new Map([['openpgp', 'LGPL-3.0+']])

/** Reads the two forms that SPDX expressions take here: one licence, or a choice in parentheses. */
function mayBeShipped(expression: string): boolean {
  return expression
    .replace(/^\((.*)\)$/, '$1')
    .split(' OR ')
    .some((license) => compatible.has(license))
}

describe('the licences of what we ship', () => {
  const packages = productionPackages(projectFolder)

  it('all go with Apache-2.0', () => {
    expect(packages.length).toBeGreaterThan(50)
    const others = packages.filter(
      ({ name, license }) => !mayBeShipped(license) && exchangeable.get(name) !== license,
    )
    expect(others.map(({ name, license }) => `${name}: ${license}`)).toEqual([])
  })

  it('of works that must stay exchangeable are kept outside of every bundle', async () => {
    expect([...exchangeable.keys()]).toEqual(exchangeableModules)
    const { ssr } = nodeBundle({ output: 'dist/none', input: {} })
    expect(ssr?.external).toEqual(expect.arrayContaining(exchangeableModules))
  })

  it('are judged: a copyleft, a missing and a combined licence are refused', () => {
    const refused = [
      'GPL-3.0',
      'LGPL-3.0-or-later',
      '',
      'UNLICENSED',
      'MIT AND GPL-2.0',
      '(GPL-2.0 OR AGPL-3.0)',
    ]
    expect(refused.filter(mayBeShipped)).toEqual([])
    expect(mayBeShipped('(MIT OR GPL-3.0)')).toBe(true)
  })

  it('cover every package that package.json depends on', async () => {
    const { default: metadata } = await import('../../../package.json')
    const names = new Set(packages.map(({ name }) => name))
    expect(Object.keys(metadata.dependencies).filter((name) => !names.has(name))).toEqual([])
    expect(names).not.toContain('vite')
    expect(names).not.toContain('electron-builder')
  })

  it('are in the notices, each with its text', () => {
    expect(packages.filter(({ texts }) => texts.join('').length < 100).map(({ name }) => name)).toEqual([])
    const notices = noticesText(packages)
    for (const { name, version, license, texts } of packages) {
      expect(notices.includes(`  ${name} ${version}: ${license}\n`)).toBe(true)
      expect(texts.every((text) => notices.includes(text))).toBe(true)
    }
  })

  it('repeat a text once for all who use it', () => {
    const text = 'Permission is granted. '.repeat(10)
    const notices = noticesText([
      { name: 'a', version: '1.0.0', license: 'MIT', author: '', texts: [text] },
      { name: 'b', version: '2.0.0', license: 'MIT', author: '', texts: [text] },
    ])
    expect(notices.split(text)).toHaveLength(2)
    expect(notices).toContain('a 1.0.0, b 2.0.0')
  })
})

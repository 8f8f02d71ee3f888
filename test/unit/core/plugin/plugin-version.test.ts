import { describe, expect, test } from 'vitest'
import {
  comparePluginVersions,
  parsePluginVersion,
  whyUnsupported,
} from '../../../../src/core/plugin/plugin-version.ts'

function judged(text: string): string | undefined {
  const version = parsePluginVersion(text)
  if (version === undefined) throw new Error(`No version: ${text}`)
  return whyUnsupported(version)
}

describe('plugin versions', () => {
  test.each(['1.2.764.0', '1.2.835.0\n', '1.2.896.0', '1.3.0.0', '2.0.0.0'])('%s may be used', (text) => {
    expect(judged(text)).toBeUndefined()
  })

  test.each([
    ['1.2.763.0', 'Version 1.2.763.0 is older than 1.2.764.0, the oldest that AWS supports.'],
    ['1.1.999.0', 'Version 1.1.999.0 is older than 1.2.764.0, the oldest that AWS supports.'],
    ['1.2.688.0', 'AWS withdrew version 1.2.688.0.'],
    ['1.2.889.0', 'AWS withdrew version 1.2.889.0.'],
  ])('%s may not', (text, reason) => {
    expect(judged(text)).toBe(reason)
  })

  test.each(['', 'v1.2.3.4', '1.2.764', '1.2.764.0.1', '1.2.764.0 extra', '1.2.99999999.0', 'usage: foo'])(
    '%j is no version',
    (text) => {
      expect(parsePluginVersion(text)).toBeUndefined()
    },
  )

  test('compare by number, not by text', () => {
    expect(comparePluginVersions([1, 2, 1000, 0], [1, 2, 999, 9])).toBeGreaterThan(0)
  })
})

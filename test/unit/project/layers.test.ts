import { globSync } from 'node:fs'
import path from 'node:path'
import { cruise, type ICruiseResult } from 'dependency-cruiser'
import { describe, expect, it } from 'vitest'
import configuration from '../../../.dependency-cruiser.mjs'

const projectFolder = path.resolve(import.meta.dirname, '../../..')

/** Reads a source tree with the project's own rules. */
async function readLayers(baseDir: string): Promise<ICruiseResult> {
  const { output } = await cruise(['src'], {
    ...configuration.options,
    ruleSet: { forbidden: configuration.forbidden },
    validate: true,
    baseDir,
  } as Parameters<typeof cruise>[1])
  return output as ICruiseResult
}

describe('the import table', () => {
  it('is kept, and every source file was read', { timeout: 60_000 }, async () => {
    const { summary, modules } = await readLayers(projectFolder)
    expect(
      summary.violations.map((violation) => `${violation.rule.name}: ${violation.from} -> ${violation.to}`),
    ).toEqual([])
    const read = new Set(modules.map((module) => module.source))
    const written = globSync('src/**/*.{ts,tsx}', { cwd: projectFolder }).map((file) =>
      file.split(path.sep).join('/'),
    )
    // A cruiser that cannot parse TypeScript passes by reading nothing.
    expect(written.filter((file) => !read.has(file))).toEqual([])
    expect(written.length).toBeGreaterThan(20)
    expect(modules.flatMap((module) => module.dependencies).length).toBeGreaterThan(written.length)
  })

  it('refuses planted violations, each by its own rule', async () => {
    const { summary } = await readLayers(path.join(projectFolder, 'test/fixtures/layers'))
    const found = summary.violations.map(
      (violation) => `${path.basename(violation.from)}: ${violation.rule.name}`,
    )
    expect(found).toEqual(
      expect.arrayContaining([
        'reaches-into-the-page.ts: core-imports',
        'reaches-into-the-page.ts: electron-only-in-main-and-preload',
        'page.ts: renderer-imports',
        'page.ts: no-node-in-the-page',
        'reaches-into-the-page.ts: no-cycles',
        'uses-a-package.ts: contract-packages',
        'shares-product-code.ts: sandbox-imports',
      ]),
    )
    expect(found.filter((line) => line.startsWith('may-use-electron'))).toEqual([])
  })
})

import path from 'node:path'
import { build } from 'vite'
import { projectFolder, say } from './project.mjs'

/** Builds the page that the product is measured against, in under a second, with the product's own bundler. */
export async function buildBenchPage(): Promise<void> {
  say('Building the page to measure against')
  await build({
    configFile: false,
    root: path.join(projectFolder, 'test/bench/page'),
    base: './',
    logLevel: 'warn',
    build: {
      outDir: path.join(projectFolder, 'dist/bench-page'),
      emptyOutDir: true,
      target: 'es2024',
      modulePreload: { polyfill: false },
    },
  })
}

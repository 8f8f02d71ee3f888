import { builtinModules } from 'node:module'
import path from 'node:path'
import { defineConfig, type UserConfig } from 'vite'

/**
 * Everything that runs in plain Node, bundled: start-up reads a few files
 * instead of thousands. Native modules stay outside, because a bundle cannot
 * hold them.
 */
const nativeModules = ['node-pty', 'better-sqlite3', 'better-sqlite3-multiple-ciphers']

/** Under the LGPL: whoever has Porthole must be able to exchange it, so it stays a module of its own. */
export const exchangeableModules = ['openpgp']

const unbundledModules = [...nativeModules, ...exchangeableModules]

/**
 * Node reads the CommonJS file of these, Vite would read the ES module, and
 * only one of them has a default export. Both are to run the same file.
 */
const commonJsEntries = {
  '@xterm/headless': 'node_modules/@xterm/headless/lib-headless/xterm-headless.js',
  '@xterm/addon-unicode11': 'node_modules/@xterm/addon-unicode11/lib/addon-unicode11.js',
  '@xterm/addon-serialize': 'node_modules/@xterm/addon-serialize/lib/addon-serialize.js',
}

/** A bundle of programs for Node; shared by the plain Node host and Electron's processes. */
export function nodeBundle(options: {
  output: string
  input: Record<string, string>
  external?: readonly string[]
}): UserConfig {
  const external = [...unbundledModules, ...(options.external ?? [])]
  return {
    resolve: {
      alias: Object.fromEntries(
        Object.entries(commonJsEntries).map(([name, file]) => [
          name,
          path.resolve(import.meta.dirname, file),
        ]),
      ),
    },
    build: {
      ssr: true,
      target: 'node24',
      outDir: options.output,
      emptyOutDir: true,
      minify: false,
      sourcemap: true,
      rollupOptions: {
        input: options.input,
        external: [...external, ...builtinModules, /^node:/],
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
    ssr: { noExternal: true, external },
  }
}

export default defineConfig(
  nodeBundle({
    output: 'dist/node',
    input: {
      porthole: 'src/cli/porthole.ts',
      sandbox: 'src/sandbox/main.ts',
      'audit-worker': 'src/core/audit/audit-worker.ts',
    },
  }),
)

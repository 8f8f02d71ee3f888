import { builtinModules } from 'node:module'
import path from 'node:path'
import { defineConfig } from 'vite'

/**
 * Everything that runs in plain Node, bundled: start-up reads a few files
 * instead of thousands. Native modules stay outside, because a bundle cannot
 * hold them.
 */
const nativeModules = ['node-pty', 'better-sqlite3']

/**
 * Node reads the CommonJS file of these two, Vite would read the ES module, and
 * only one of them has a default export. Both are to run the same file.
 */
const commonJsEntries = {
  '@xterm/headless': 'node_modules/@xterm/headless/lib-headless/xterm-headless.js',
  '@xterm/addon-serialize': 'node_modules/@xterm/addon-serialize/lib/addon-serialize.js',
}

export default defineConfig({
  resolve: {
    alias: Object.fromEntries(
      Object.entries(commonJsEntries).map(([name, file]) => [name, path.resolve(import.meta.dirname, file)]),
    ),
  },
  build: {
    ssr: true,
    target: 'node24',
    outDir: 'dist/node',
    emptyOutDir: true,
    minify: false,
    sourcemap: true,
    rollupOptions: {
      input: {
        porthole: 'src/cli/porthole.ts',
        sandbox: 'src/sandbox/main.ts',
        'audit-worker': 'src/core/audit/audit-worker.ts',
      },
      external: [...nativeModules, ...builtinModules, /^node:/],
      output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
    },
  },
  ssr: { noExternal: true, external: nativeModules },
})

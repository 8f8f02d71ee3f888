import { defineConfig, mergeConfig } from 'vite'
import { nodeBundle } from './vite.node.config.ts'

/** The demo's plugin: one file, because a download site hands it out alone. */
export default defineConfig(
  mergeConfig(nodeBundle({ output: 'dist/node', input: { 'demo-plugin': 'src/demo-plugin/main.ts' } }), {
    build: { emptyOutDir: false, rollupOptions: { output: { codeSplitting: false } } },
  }),
)

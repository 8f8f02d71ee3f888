import { defineConfig } from 'vite'
import { nodeBundle } from './vite.node.config.ts'

/**
 * Electron's main and its two utility processes, bundled like everything that
 * runs in Node. Main's entry stays small: the core is a chunk that it loads when
 * a window has been asked for.
 */
export default defineConfig(
  nodeBundle({
    output: 'dist/desktop',
    input: {
      main: 'src/main/main.ts',
      'session-host': 'src/main/session-host.ts',
      'audit-host': 'src/main/audit-host.ts',
    },
    external: ['electron'],
  }),
)

import path from 'node:path'
import type { Engine } from '../../../src/contract/session.ts'

export interface EngineUnderTest {
  title: string
  engine: Engine
  /** Its program; the test plugin when absent. */
  plugin?: string
  /** Why it cannot be tested here. */
  absent?: string
}

const realPlugin = process.env.PORTHOLE_PLUGIN

/**
 * What the suite holds to one behaviour. A real session-manager-plugin is named
 * by `PORTHOLE_PLUGIN`; versions that accept a stream at `ws://127.0.0.1` are
 * needed for that (1.2.835.0 and older do).
 */
export const enginesUnderTest: readonly EngineUnderTest[] = [
  { title: 'the built-in engine', engine: 'built-in' },
  { title: 'the plugin engine with the test plugin', engine: 'plugin' },
  realPlugin === undefined
    ? {
        title: 'the plugin engine with a real plugin',
        engine: 'plugin',
        absent: 'PORTHOLE_PLUGIN names none',
      }
    : {
        title: `the plugin engine with ${realPlugin}`,
        engine: 'plugin',
        plugin: path.resolve(realPlugin),
      },
]

import { defineConfig } from 'vitest/config'

/** What is looked for again and again may take as long as the test: the default of a second is a busy machine's. */
const poll = { timeout: 25_000 }

/** Integration tests start servers and real processes; unit tests touch nothing outside themselves. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.{ts,tsx}'],
          // A process per core instead of one per file saves every file the loading of the same modules. What a test
          // changes beyond itself it therefore puts back: fake timers, spies, the environment.
          isolate: false,
          // Property tests take a second alone and several where many share the machine; a hang takes for ever.
          testTimeout: 30_000,
          hookTimeout: 30_000,
          expect: { poll },
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          // They mostly wait for real processes: two files together leave two cores time to spare.
          maxWorkers: 2,
          testTimeout: 30_000,
          hookTimeout: 60_000,
          expect: { poll },
        },
      },
    ],
  },
})

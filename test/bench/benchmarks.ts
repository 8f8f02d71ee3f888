import type { Benchmark } from './bench-result.ts'

/** Every benchmark by the name that `--only` takes, in the order in which they run; loaded when they do. */
export const benchmarks: Record<string, () => Promise<Benchmark>> = {
  start: async () => (await import('./start.bench.ts')).measureStart,
  'open-shell': async () => (await import('./open-shell.bench.ts')).measureOpenShell,
  echo: async () => (await import('./echo.bench.ts')).measureEcho,
  commands: async () => (await import('./commands.bench.ts')).measureCommands,
  engines: async () => (await import('./engines.bench.ts')).measureEngines,
  flood: async () => (await import('./flood.bench.ts')).measureFlood,
  audit: async () => (await import('./audit.bench.ts')).runAuditBench,
  'task-page': async () => (await import('./task-page.bench.ts')).measureTaskPage,
  'audit-page': async () => (await import('./audit-page.bench.ts')).measureAuditPage,
  'session-page': async () => (await import('./session-page.bench.ts')).measureSessionPage,
  export: async () => (await import('./export.bench.ts')).measureExport,
  search: async () => (await import('./search.bench.ts')).measureSearch,
  catalog: async () => (await import('./catalog.bench.ts')).measureCatalog,
  accounts: async () => (await import('./accounts.bench.ts')).measureAccounts,
  memory: async () => (await import('./memory.bench.ts')).measureMemory,
}

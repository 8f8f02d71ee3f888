/**
 * Ends a utility process on an error that nobody caught. Electron would only
 * warn of a rejection, and a process that goes on half broken looks like one
 * that works; whoever started it starts a fresh one.
 */
export function failLoudly(name: string): void {
  const fail = (thrown: unknown) => {
    const reason = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)
    process.stderr.write(`${name} failed: ${reason}\n`)
    process.exit(1)
  }
  process.on('uncaughtException', fail)
  process.on('unhandledRejection', fail)
}

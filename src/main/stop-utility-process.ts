import type { UtilityProcess } from 'electron'

/** Ending means a few writes and calls to AWS; a disk or a network that hangs must not keep the app from ending. */
const stopLimitMilliseconds = 6_000

/** Waits for a process that was asked to stop, then insists. */
export async function stopUtilityProcess(process: UtilityProcess): Promise<void> {
  const ended = new Promise<void>((resolve) => process.once('exit', () => resolve()))
  const late = setTimeout(() => process.kill(), stopLimitMilliseconds)
  await ended
  clearTimeout(late)
}

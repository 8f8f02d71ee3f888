import { constants } from 'node:fs'
import { open } from 'node:fs/promises'

/** Configuration and token files are a few kilobytes; one of a megabyte is something else. */
const mostBytes = 1024 * 1024

/** Windows knows no O_NONBLOCK, and its pipes have names of their own. */
const openFlags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)

/**
 * Reads a file that anybody may have put there: a pipe would never end, and a
 * huge file would fill the memory.
 *
 * @throws {NodeJS.ErrnoException} what opening and reading throws
 * @throws {Error} for anything but a regular file of at most a megabyte
 */
export async function readSmallFile(file: string): Promise<string> {
  // Without O_NONBLOCK opening a pipe waits until somebody writes to it.
  const handle = await open(file, openFlags)
  try {
    const stats = await handle.stat()
    if (!stats.isFile()) throw new Error('It is not a regular file.')
    if (stats.size > mostBytes) throw new Error(`It is larger than ${mostBytes} bytes.`)
    return await handle.readFile('utf8')
  } finally {
    await handle.close()
  }
}

import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A disk in memory, small enough to be filled. */
export interface SmallDisk extends Disposable {
  readonly path: string
  /** @param size as `mount` takes it: `2m` */
  resize(size: string): void
  /** Whether it can be written to. */
  setWritable(writable: boolean): void
  /** Takes all the room that is left. */
  fill(): void
  /** Gives back what `fill` took. */
  empty(): void
}

/** @returns the mounted disk, or why this process cannot have one */
export function mountSmallDisk(path: string, size: string): SmallDisk | string {
  if (process.platform !== 'linux') return 'tmpfs is only on Linux'
  mkdirSync(path, { recursive: true })
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'none', path], { stdio: 'pipe' })
  } catch (thrown) {
    return `this process may not mount: ${thrown instanceof Error ? thrown.message : String(thrown)}`
  }
  const filler = join(path, 'filler')
  return {
    path,
    resize: (newSize) => void execFileSync('mount', ['-o', `remount,size=${newSize}`, path]),
    setWritable: (writable) => void execFileSync('mount', ['-o', `remount,${writable ? 'rw' : 'ro'}`, path]),
    fill: () => fill(filler),
    empty: () => rmSync(filler),
    // Lazily: a process that was killed a moment ago may hold it still.
    [Symbol.dispose]: () => void execFileSync('umount', ['-l', path]),
  }
}

/** tmpfs gives room page by page. */
const pageBytes = 4096

function fill(file: string): void {
  try {
    for (;;) writeFileSync(file, Buffer.alloc(pageBytes), { flag: 'a' })
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'ENOSPC') throw thrown
  }
}

import { readdirSync, readFileSync } from 'node:fs'
import type { Browser } from '@playwright/test'

/** Linux counts processor time in hundredths of a second, whatever its own tick is (proc(5)). */
const ticksPerSecond = 100

/**
 * Processor seconds that a process and its threads used so far. 0 where there is
 * no /proc: the figures that need it are explanations, not budgets.
 */
export function processorSeconds(processId: number): number {
  const fields = statFields(processId)
  const [user, system] = [Number(fields[11] ?? 0), Number(fields[12] ?? 0)]
  return (user + system) / ticksPerSecond
}

/** Resident memory in bytes, shared pages counted in full; undefined where there is no /proc. */
export function residentBytes(processId: number): number | undefined {
  const line = /^VmRSS:\s+(\d+) kB$/m.exec(readProc(processId, 'status') ?? '')
  return line?.[1] === undefined ? undefined : Number(line[1]) * 1024
}

/** The most that was ever resident, in bytes; undefined where there is no /proc. */
export function peakResidentBytes(processId: number): number | undefined {
  const line = /^VmHWM:\s+(\d+) kB$/m.exec(readProc(processId, 'status') ?? '')
  return line?.[1] === undefined ? undefined : Number(line[1]) * 1024
}

/** Open files of a process: sockets, pipes, ptys, recordings. */
export function openFileCount(processId: number): number {
  try {
    return readdirSync(`/proc/${processId}/fd`).length
  } catch {
    return 0
  }
}

/** The running descendant of this process whose command line has `text` in it. */
export function findDescendant(text: string, ancestor = process.pid): number | undefined {
  for (const child of childrenOf(ancestor)) {
    if (readProc(child, 'cmdline')?.includes(text)) return child
    const below = findDescendant(text, child)
    if (below !== undefined) return below
  }
  return undefined
}

/** Asks every process that this one started to end. Where there is no /proc they end with their pipes. */
export function endDescendants(): void {
  for (const child of processTree(process.pid).slice(1)) {
    try {
      process.kill(child, 'SIGTERM')
    } catch {
      // It is gone already.
    }
  }
}

/** A process and every descendant of it. */
export function processTree(root: number): number[] {
  return [root, ...childrenOf(root).flatMap(processTree)]
}

/** The process that draws the pages of a Chromium in which one page is open. */
export async function rendererProcess(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession()
  const { processInfo } = await session.send('SystemInfo.getProcessInfo')
  await session.detach()
  const renderers = processInfo.filter(({ type }) => type === 'renderer')
  // Chromium keeps a spare renderer for the next page; it has done next to nothing.
  renderers.sort((left, right) => right.cpuTime - left.cpuTime)
  const [busiest] = renderers
  if (busiest === undefined) throw new Error('Chromium names no renderer process.')
  return busiest.id
}

function childrenOf(processId: number): number[] {
  const children = readProc(processId, `task/${processId}/children`) ?? ''
  return children.split(' ').filter(Boolean).map(Number)
}

/** Fields of stat after the command's name, which may hold anything; the first is the state. */
function statFields(processId: number): string[] {
  const stat = readProc(processId, 'stat') ?? ''
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
}

/** Undefined when the process is gone, or where there is no /proc. */
function readProc(processId: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${processId}/${file}`, 'utf8')
  } catch {
    return undefined
  }
}

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Browser, Page } from '@playwright/test'
import { prompt } from '../e2e/pages/porthole.ts'
import { Terminal } from '../e2e/pages/terminal.ts'
import type { BenchContext } from './bench-result.ts'
import { installProbe } from './terminal-probe.ts'

/** The minimal page with a shell in it, in a Chromium of its own. */
export interface MinimalApp extends AsyncDisposable {
  readonly window: Page
  readonly browser: Browser
  readonly terminal: Terminal
  readonly serverProcess: number
  readonly address: string
}

export interface MinimalAppOptions {
  size: { cols: number; rows: number }
  /** The pty's output in the product's batches, instead of each chunk as a message of its own. */
  batched?: boolean
  /** No shell: the page is fed from memory. */
  memory?: boolean
}

export async function startMinimalApp(
  context: BenchContext,
  options: MinimalAppOptions,
): Promise<MinimalApp> {
  await using started = new AsyncDisposableStack()
  const folder = await mkdtemp(path.join(tmpdir(), 'porthole-bench-minimal-'))
  started.defer(() => rm(folder, { recursive: true, force: true }))
  const server = fork(path.join(import.meta.dirname, 'minimal-server.ts'), [
    folder,
    options.batched ? 'batched' : 'unbatched',
  ])
  started.defer(async () => {
    const ended = once(server, 'exit')
    server.disconnect()
    await ended
  })
  const [port] = await once(server, 'message')

  const browser = await context.launchChromium()
  started.defer(() => browser.close())
  const browserContext = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    reducedMotion: 'reduce',
  })
  await browserContext.addInitScript(installProbe)
  const window = await browserContext.newPage()
  const { cols, rows } = options.size
  const address = `http://127.0.0.1:${port}`
  await window.goto(`${address}/?cols=${cols}&rows=${rows}${options.memory ? '&memory' : ''}`)
  const terminal = new Terminal(window)
  if (options.memory) await terminal.rows.waitFor()
  else await terminal.waitForText(prompt)
  const running = started.move()
  return {
    window,
    browser,
    terminal,
    serverProcess: server.pid ?? 0,
    address,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

import { homedir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { defaultDataFolder } from '../core/data-folder.ts'
import { createNodeCore } from '../core/node-core.ts'
import { readPageFiles } from '../core/page/page-files.ts'
import { createPageInBrowser } from '../core/window-host.ts'
import { startWebServer } from '../web/web-server.ts'
import { openBrowser } from './open-browser.ts'
import type { HostOptions } from './options.ts'
import { say, tell } from './output.ts'
import { auditWorkerUrl, pluginKeyFile, rendererFolder, verifierFile } from './programs.ts'
import { version } from './version.ts'

/** Runs core and page in this process until `stop`. */
export async function runBrowserHost(
  options: HostOptions & { environment: Record<string, string | undefined> },
  stop: AbortSignal,
): Promise<void> {
  const files = readPageFiles(rendererFolder())
  const homeFolder = options.environment.HOME ?? homedir()
  const dataFolder = options.dataFolder ?? defaultDataFolder(options.environment, homeFolder)
  await using core = await createNodeCore({
    version,
    environment: options.environment,
    homeFolder,
    dataFolder,
    demo: options.demo,
    endpointUrl: options.endpointUrl,
    // A browser keeps Ctrl+T and Ctrl+W, has no menu of ours and shows no notices.
    abilities: {
      nativeMenus: false,
      allShortcuts: false,
      notices: false,
      newWindows: false,
      downloads: true,
    },
    auditWorkerUrl: auditWorkerUrl(),
    pluginKeyFile: pluginKeyFile(),
    verifierFile: verifierFile(),
    exportFolder: path.join(dataFolder, 'exports'),
    log: say,
  })
  await using server = await startWebServer({
    port: options.port,
    files,
    downloads: core.downloads,
    connectRpc: (channel) => core.connectRpc(channel, createPageInBrowser()),
    connectBytes: (channel) => core.connectBytes(channel),
  })

  const url = server.createLink()
  tell({ event: 'ready', url })
  say(
    `Porthole is at ${url}\nThe link lets one browser in, once. Press Enter for a fresh one, Ctrl-C to end.`,
  )
  if (options.open) openBrowser(url)
  using _links = giveLinksOnEnter(() => server.createLink())

  await new Promise<void>((resolve) => {
    if (stop.aborted) resolve()
    stop.addEventListener('abort', () => resolve(), { once: true })
  })
}

function giveLinksOnEnter(createLink: () => string): Disposable {
  if (!process.stdin.isTTY) return { [Symbol.dispose]() {} }
  const lines = createInterface({ input: process.stdin })
  // readline takes Ctrl-C for itself on a terminal.
  lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'))
  lines.on('line', () => say(createLink()))
  return { [Symbol.dispose]: () => lines.close() }
}

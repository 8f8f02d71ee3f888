import path from 'node:path'
import { type MessagePortMain, safeStorage } from 'electron'
import { createMessagePortChannel } from '../channel/message-port-channel.ts'
import { type Core, createCore } from '../core/app.ts'
import type { WindowHost } from '../core/window-host.ts'
import { DesktopAuditProcess } from './audit-process.ts'
import { exportFolderIn } from './export-folder.ts'
import { protectKeys } from './key-protection.ts'
import { SessionHostProcess } from './session-host-process.ts'

export interface DesktopCoreOptions {
  version: string
  environment: Record<string, string>
  homeFolder: string
  dataFolder: string
  demo: boolean
  endpointUrl: string | undefined
  auditKeysInFiles: boolean
  /** Folder of the built entries of the utility processes. */
  entriesFolder: string
  log: (message: string) => void
}

/** The core with its two processes, as windows see it. */
export interface DesktopCore extends AsyncDisposable {
  readonly core: Core
  /** Serves a page from now on, in place of the one that its window had before. */
  connectWindow(window: WindowHost, ports: { rpc: MessagePortMain; bytes: MessagePortMain }): void
  /** The window is gone for good. */
  forgetWindow(window: WindowHost): void
}

/**
 * The core for the desktop. Apart from the entry of main, because it brings the
 * AWS clients along: the first window must not wait for them.
 */
export async function createDesktopCore(options: DesktopCoreOptions): Promise<DesktopCore> {
  const { environment, dataFolder, entriesFolder, log } = options
  await using resources = new AsyncDisposableStack()
  /** Disposing one lets a page's connection go; the page then asks for a new one. */
  const connections = new Map<WindowHost, Disposable>()

  const keyFolder = path.join(dataFolder, 'audit-keys')
  const audit = resources.use(
    new DesktopAuditProcess({
      entryFile: path.join(entriesFolder, 'audit-host.js'),
      folder: path.join(dataFolder, 'audit'),
      keyFolder,
      keyProtection: protectKeys(keyFolder, {
        keychain: safeStorage,
        platform: process.platform,
        inFiles: options.auditKeysInFiles,
        log,
      }),
    }),
  )
  const sessionHost = resources.use(
    new SessionHostProcess({
      entryFile: path.join(entriesFolder, 'session-host.js'),
      dataFolder,
      environment,
      openRecorders: () => audit.openPort(),
      // Their bytes ports went down with it.
      onGone: () => {
        for (const connection of [...connections.values()]) connection[Symbol.dispose]()
      },
      onProblem: (problem) => core.problems.report('session-host', problem),
      log,
    }),
  )
  const core = resources.use(
    await createCore({
      ...options,
      exportFolder: exportFolderIn(options.homeFolder),
      verifierFile: path.join(entriesFolder, '../../resources/audit-verifier.mjs'),
      audit,
      sessionHost,
      pluginKeyFile: path.join(entriesFolder, '../../resources/session-manager-plugin-key.asc'),
      // Menus are the system's, keys all reach the page.
      abilities: { nativeMenus: true, allShortcuts: true, notices: true, newWindows: true, downloads: false },
    }),
  )
  const owned = resources.move()

  const disconnect = (window: WindowHost) => {
    connections.get(window)?.[Symbol.dispose]()
    connections.delete(window)
  }
  return {
    core,
    connectWindow(window, { rpc, bytes }) {
      disconnect(window)
      const channel = createMessagePortChannel(rpc)
      const serving = core.connectRpc(channel, window)
      sessionHost.serveBytes(bytes)
      const connection = {
        [Symbol.dispose]() {
          serving[Symbol.dispose]()
          channel.close()
        },
      }
      connections.set(window, connection)
      channel.onClose(() => {
        if (connections.get(window) === connection) connections.delete(window)
      })
    },
    forgetWindow(window) {
      disconnect(window)
      void core.windowExports.closeOf(window)
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

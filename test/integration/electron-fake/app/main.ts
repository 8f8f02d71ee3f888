import path from 'node:path'
import * as electron from 'electron'
import { registerControl } from '../../../fixtures/electron/main/control-registry.ts'

/**
 * An app that does what a test tells it: functions arrive as text, run in the
 * main process and find Electron, this app's files and a place for what they
 * want to keep. It notes the order of the app's own events from its first line.
 */
const { app } = electron
const kept: Record<string, unknown> = {}
const events: string[] = []

for (const name of [
  'will-finish-launching',
  'ready',
  'web-contents-created',
  'browser-window-created',
  'window-all-closed',
  'before-quit',
  'will-quit',
  'quit',
] as const)
  app.on(name as 'ready', () => {
    events.push(name)
    process.stdout.write(`event ${name}\n`)
  })

electron.protocol.registerSchemesAsPrivileged([
  { scheme: 'test-app', privileges: { standard: true, secure: true, supportFetchAPI: true } },
])
if (app.commandLine.hasSwitch('user-data'))
  app.setPath('userData', app.commandLine.getSwitchValue('user-data'))

registerControl('run', ({ code, argument }: { code: string; argument: unknown }) => {
  const run = new Function(`return (${code})`)() as (context: object) => unknown
  return run({
    electron,
    kept,
    events,
    argument,
    folder: import.meta.dirname,
    path,
    load: (file: string) => import(file),
  })
})

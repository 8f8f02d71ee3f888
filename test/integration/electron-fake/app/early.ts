import { app, BrowserWindow, powerMonitor, protocol, screen, session, utilityProcess } from 'electron'
import { registerControl } from '../../../fixtures/electron/main/control-registry.ts'

/** Tries everything on the wrong side of `ready`. */
function refused(attempts: Record<string, () => unknown>): string[] {
  return Object.entries(attempts).flatMap(([name, attempt]) => {
    try {
      attempt()
      return []
    } catch (error) {
      return /'ready'/.test(String(error)) ? [name] : []
    }
  })
}

const early = {
  'protocol.registerSchemesAsPrivileged': () => protocol.registerSchemesAsPrivileged([]),
  'app.enableSandbox': () => app.enableSandbox(),
  'app.disableHardwareAcceleration': () => app.disableHardwareAcceleration(),
}
const late = {
  BrowserWindow: () => new BrowserWindow(),
  'utilityProcess.fork': () => utilityProcess.fork('nothing.js'),
  'session.defaultSession': () => session.defaultSession,
  'powerMonitor.on': () => powerMonitor.on('resume', () => {}),
  'protocol.handle': () => protocol.handle('x', () => new Response('')),
  screen: () => screen.getPrimaryDisplay(),
}

const before = refused({ ...early, ...late })
app.on('window-all-closed', () => {})
registerControl('refusals', () => ({ before, after: refused(early) }))

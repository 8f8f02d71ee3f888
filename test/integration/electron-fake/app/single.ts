import { app } from 'electron'
import { registerControl } from '../../../fixtures/electron/main/control-registry.ts'

/** The usual beginning of an app that runs once. */
app.setPath('userData', app.commandLine.getSwitchValue('user-data'))
const heard = Promise.withResolvers<{ argv: string[]; additionalData: unknown }>()
registerControl('secondInstance', () => heard.promise)

if (app.requestSingleInstanceLock({ from: process.pid })) {
  app.on('second-instance', (_event, argv, _folder, additionalData) =>
    heard.resolve({ argv, additionalData }),
  )
  app.on('ready', () => process.stdout.write('ready\n'))
} else app.quit()

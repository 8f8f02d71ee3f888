import { dialog } from 'electron'
import type { Session } from '../contract/session.ts'
import type { AppWindow } from './app-window.ts'

/** Asks before shells are ended. @returns whether the person wants it */
export async function confirmEnding(
  sessions: readonly Session[],
  question: { action: 'Quit' | 'Close window'; over: AppWindow | undefined },
): Promise<boolean> {
  if (sessions.length === 0) return true
  const { action, over } = question
  const options = {
    type: 'question' as const,
    buttons: [action, 'Cancel'],
    defaultId: 0,
    cancelId: 1,
    noLink: true,
    title: 'Porthole',
    message: sessions.length === 1 ? 'A shell is open.' : `${sessions.length} shells are open.`,
    detail: `${action === 'Quit' ? 'Quitting' : 'Closing the window'} ends ${named(sessions)}. Programs that run in there get a hang-up.`,
  }
  const { response } =
    over === undefined || over.browserWindow.isDestroyed()
      ? await dialog.showMessageBox(options)
      : await dialog.showMessageBox(over.browserWindow, options)
  return response === 0
}

/** More than this is a number, not a list. */
const mostNamed = 3

function named(sessions: readonly Session[]): string {
  const names = sessions.slice(0, mostNamed).map(({ container }) => container.containerName.slice(0, 60))
  const more = sessions.length - names.length
  if (more > 0) names.push(`${more} more`)
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}

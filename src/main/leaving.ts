import { dialog } from 'electron'
import type { Session } from '../contract/session.ts'
import type { AppWindow } from './app-window.ts'

/** What would be lost. */
export interface Endangered {
  live: readonly Session[]
  /** An export is being written. */
  exporting: boolean
}

/** Asks before shells are ended or an export is stopped. @returns whether the person wants it */
export async function confirmEnding(
  endangered: Endangered,
  question: { action: 'Quit' | 'Close window'; over: AppWindow | undefined },
): Promise<boolean> {
  if (endangered.live.length === 0 && !endangered.exporting) return true
  const { action, over } = question
  const options = {
    type: 'question' as const,
    buttons: [action, 'Cancel'],
    defaultId: 0,
    cancelId: 1,
    noLink: true,
    title: 'Porthole',
    ...endingWords(endangered, action),
  }
  const { response } =
    over === undefined || over.browserWindow.isDestroyed()
      ? await dialog.showMessageBox(options)
      : await dialog.showMessageBox(over.browserWindow, options)
  return response === 0
}

function endingWords(
  { live, exporting }: Endangered,
  action: 'Quit' | 'Close window',
): { message: string; detail: string } {
  const doing = action === 'Quit' ? 'Quitting' : 'Closing the window'
  const messages: string[] = []
  const details: string[] = []
  if (live.length > 0) {
    messages.push(live.length === 1 ? 'A shell is open.' : `${live.length} shells are open.`)
    details.push(`${doing} ends ${named(live)}. Programs that run in there get a hang-up.`)
  }
  if (exporting) {
    messages.push('An export is being written.')
    details.push(`${doing} cancels the export. Nothing of it is left.`)
  }
  return { message: messages.join(' '), detail: details.join(' ') }
}

/** More than this is a number, not a list. */
const mostNamed = 3

function named(sessions: readonly Session[]): string {
  const names = sessions.slice(0, mostNamed).map(({ container }) => container.containerName.slice(0, 60))
  const more = sessions.length - names.length
  if (more > 0) names.push(`${more} more`)
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}

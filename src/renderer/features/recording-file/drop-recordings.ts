import { recordingExtension } from '../../../contract/recording-file.ts'
import type { Services } from '../../app/services.ts'
import { hasWorkspace } from '../../app/stores/identities-store.ts'
import { showToast, type Toast } from '../../ui/toast.tsx'
import { openRecordingFiles } from './open-recording-files.ts'

type Needed = Pick<Services, 'identities' | 'interface' | 'workspace'>

/**
 * Recordings may be dropped anywhere on the window. Any other file is told, and
 * kept from what a browser does with it: leaving Porthole to show it.
 * @param target hears of drags and drops first
 */
export function openDroppedRecordings(
  services: Needed,
  target: EventTarget = window,
  tell: (toast: Toast) => void = showToast,
): Disposable {
  const over = (event: Event) => {
    const files = filesIn(event)
    if (files === undefined) return
    event.preventDefault()
    files.dropEffect = canOpen(services) ? 'copy' : 'none'
  }
  const drop = (event: Event) => {
    const files = filesIn(event)
    if (files === undefined) return
    event.preventDefault()
    if (!canOpen(services)) return
    const recordings = [...files.files].filter(({ name }) => name.toLowerCase().endsWith(recordingExtension))
    openRecordingFiles(services, recordings)
    if (recordings.length === 0) tell(nothingToPlay)
  }
  // Before whatever lies under the pointer: tabs are dragged too, and their layout looks at every drag.
  target.addEventListener('dragover', over, { capture: true })
  target.addEventListener('drop', drop, { capture: true })
  return {
    [Symbol.dispose]() {
      target.removeEventListener('dragover', over, { capture: true })
      target.removeEventListener('drop', drop, { capture: true })
    },
  }
}

const nothingToPlay: Toast = {
  tone: 'warn',
  title: 'Only recordings can be dropped here',
  text: 'A recording of asciinema ends with .cast.',
}

/** As with keys: a dialog has the window to itself, and before the sign-in there are no tabs. */
function canOpen({ identities, interface: interfaceStore }: Needed): boolean {
  return hasWorkspace(identities.getState()) && interfaceStore.getState().dialog === undefined
}

/** What a drag brings from outside the page; nothing for a tab or a piece of text. */
function filesIn(event: Event): DataTransfer | undefined {
  const { dataTransfer } = event as DragEvent
  return dataTransfer?.types.includes('Files') === true ? dataTransfer : undefined
}

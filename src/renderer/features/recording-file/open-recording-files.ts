import type { HandedRecording } from '../../../contract/recording-file.ts'
import { type RecordingFileDocument, recordingFileDocument } from '../../app/documents/document.ts'
import type { Services } from '../../app/services.ts'
import { chooseFiles } from '../../ui/choose-files.ts'
import { displayText } from '../../ui/display-text.ts'
import { showToast } from '../../ui/toast.tsx'
import type { RecordingSource } from '../replay/recording-source.ts'
import { fileSource } from './file-reading.ts'

/** A file that is open in a tab, as the page has it. */
export interface OpenFile {
  file: File
  source: RecordingSource
}

type Needed = Pick<Services, 'workspace'>

const openFiles = new WeakMap<Needed['workspace'], Map<string, OpenFile>>()

/** The files of this window by document. A page that is loaded anew has none of them. */
function filesOf({ workspace }: Needed): Map<string, OpenFile> {
  const known = openFiles.get(workspace)
  if (known !== undefined) return known
  const created = new Map<string, OpenFile>()
  openFiles.set(workspace, created)
  workspace.onClosed(({ id }) => void created.delete(id))
  return created
}

export function fileOf(services: Needed, { id }: RecordingFileDocument): OpenFile | undefined {
  return filesOf(services).get(id)
}

/** Opens each file in a tab of its own. */
export function openRecordingFiles(services: Needed, files: readonly File[]): void {
  for (const file of files) {
    const document = recordingFileDocument(file.name)
    filesOf(services).set(document.id, { file, source: fileSource(file) })
    services.workspace.open(document)
  }
}

/** Opens what the system handed to the app: the host has it under that address, once. */
export async function openHandedRecording(
  services: Needed,
  { name, address }: HandedRecording,
  read: (address: string) => Promise<Blob> = readFromHost,
): Promise<void> {
  try {
    openRecordingFiles(services, [new File([await read(address)], name)])
  } catch (thrown) {
    const text = thrown instanceof Error ? thrown.message : String(thrown)
    showToast({ tone: 'danger', title: `${displayText(name)} could not be read`, text: displayText(text) })
  }
}

async function readFromHost(address: string): Promise<Blob> {
  const answer = await fetch(address)
  if (!answer.ok) throw new Error('It was moved or removed. Open it again.')
  return answer.blob()
}

/** Asks for recordings and opens them. To be called from a click or a key. */
export async function openChosenRecordings(services: Needed): Promise<void> {
  openRecordingFiles(services, await chooseFiles(acceptedFiles, { multiple: true }))
}

/** Asks for the file of a tab that has lost it. */
export async function openChosenAgain(services: Needed, document: RecordingFileDocument): Promise<void> {
  const [file] = await chooseFiles(acceptedFiles)
  if (file === undefined || services.workspace.store.getState().documents[document.id] === undefined) return
  filesOf(services).set(document.id, { file, source: fileSource(file) })
  // A new document for the view to look its file up again, also when the name stays.
  services.workspace.update(document.id, 'recording-file', { name: file.name })
}

const acceptedFiles = '.cast,application/x-asciicast'

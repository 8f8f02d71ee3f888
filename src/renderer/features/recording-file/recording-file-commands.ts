import type { Command } from '../../app/commands/command-registry.ts'
import type { Services } from '../../app/services.ts'
import { RecordingFileIcon } from '../../ui/icons.ts'
import { openChosenRecordings } from './open-recording-files.ts'

export function recordingFileCommands(services: Pick<Services, 'workspace'>): Command[] {
  return [
    {
      id: 'recordingFile.open',
      title: 'Open a recording file…',
      group: 'File',
      icon: RecordingFileIcon,
      when: ({ signedIn }) => signedIn,
      run: () => void openChosenRecordings(services),
    },
  ]
}

import type { Command } from '../../app/commands/command-registry.ts'
import type { TaskRef } from '../../app/documents/document.ts'
import type { Services } from '../../app/services.ts'
import { ExportIcon, LockIcon, VerifiedIcon } from '../../ui/icons.ts'
import { showToast } from '../../ui/toast.tsx'

/** What can be done with the audit record as a whole. */
export function integrityCommands({
  interface: interfaceStore,
  core,
}: Pick<Services, 'interface' | 'core'>): Command[] {
  const hold = async ({ taskArn, scope }: TaskRef, held: boolean) => {
    const result = await core.call('audit.hold', { target: { taskArn, scope }, held })
    if (!result.ok) showToast({ tone: 'danger', title: result.error.message, text: result.error.action })
    else showToast({ tone: 'ok', title: held ? holdSet : holdReleased })
  }
  return [
    {
      id: 'audit.check',
      title: 'Check the audit record…',
      group: 'App',
      icon: VerifiedIcon,
      run: () => interfaceStore.setState({ dialog: { kind: 'check-record' } }),
    },
    {
      id: 'audit.export',
      title: 'Export audit history…',
      group: 'App',
      icon: ExportIcon,
      run: () => interfaceStore.setState({ dialog: { kind: 'export-history', selection: undefined } }),
    },
    {
      id: 'audit.hold',
      title: 'Hold the recordings of this task',
      group: 'Task',
      icon: LockIcon,
      when: ({ target }) => target?.kind === 'task',
      run: ({ target }) => {
        if (target?.kind === 'task') void hold(target.task, true)
      },
    },
    {
      id: 'audit.release',
      title: 'Release the recordings of this task',
      group: 'Task',
      icon: LockIcon,
      when: ({ target }) => target?.kind === 'task',
      run: ({ target }) => {
        if (target?.kind === 'task') void hold(target.task, false)
      },
    },
  ]
}

const holdSet = 'Recordings of this task are held: none is destroyed, whatever its age'
const holdReleased = 'Recordings of this task go when they are due'

import type { Command } from '../../app/commands/command-registry.ts'
import type { Services } from '../../app/services.ts'
import { ExportIcon, VerifiedIcon } from '../../ui/icons.ts'

/** What can be done with the audit record as a whole. */
export function integrityCommands({ interface: interfaceStore }: Pick<Services, 'interface'>): Command[] {
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
  ]
}

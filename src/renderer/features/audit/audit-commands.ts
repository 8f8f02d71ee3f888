import type { Command } from '../../app/commands/command-registry.ts'
import { auditDocument } from '../../app/documents/document.ts'
import type { Services } from '../../app/services.ts'
import { AuditIcon } from '../../ui/icons.ts'

export function auditCommands({ workspace }: Pick<Services, 'workspace'>): Command[] {
  return [
    {
      id: 'audit.open',
      title: 'Search the audit history',
      group: 'View',
      icon: AuditIcon,
      keys: {
        mac: [{ key: 'Shift+Meta+A' }],
        other: [{ key: 'Ctrl+Shift+A' }],
        browser: [{ key: 'Alt+Shift+A' }],
      },
      run: () => workspace.open(auditDocument),
    },
  ]
}

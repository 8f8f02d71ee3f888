import type { ReactNode } from 'react'
import { useStore } from 'zustand'
import { useRunCommand } from '../../app/commands/use-commands.ts'
import { useServices } from '../../app/services.ts'
import { Button } from '../../ui/button.tsx'
import { IntegrityStatus } from '../integrity/integrity-status.tsx'
import { useIntegrity } from '../integrity/use-integrity.ts'
import { RecordingFilesSection } from '../recording-file/recording-files-section.tsx'
import styles from './audit.module.css'
import { partOf } from './audit-parts.ts'
import { CloudFiles } from './imported/cloud-files.tsx'

/** What every part of the audit document has around it. */
export function AuditFrame({
  head,
  facets,
  children,
}: {
  head: ReactNode
  facets?: ReactNode
  children: ReactNode
}) {
  const { part } = useStore(partOf(useServices()))
  return (
    <div className={styles.view}>
      <div className={styles.top}>{head}</div>
      <div className={styles.body}>
        <main className={styles.main}>{children}</main>
        <aside className={styles.aside}>
          {facets}
          <RecordState />
          <CloudFiles shown={part === 'imported'} />
          <RecordingFilesSection />
        </aside>
      </div>
    </div>
  )
}

/** Whether the record itself can be trusted, what was done to it, and the ways to check it and to take it along. */
function RecordState() {
  const run = useRunCommand()
  const { part } = useStore(partOf(useServices()))
  const { state } = useIntegrity()
  return (
    <section className={styles.record} aria-label="Audit record">
      <IntegrityStatus report={state?.report} problems={state?.problems ?? []} />
      <Button size="small" onClick={() => run('audit.check')}>
        Check…
      </Button>
      {/* The search has it at its head. */}
      {part !== 'search' && (
        <Button size="small" onClick={() => run('audit.export')}>
          Export…
        </Button>
      )}
      {part !== 'record' && (
        <Button size="small" onClick={() => run('audit.record')}>
          What was done to it
        </Button>
      )}
    </section>
  )
}

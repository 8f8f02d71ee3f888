import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import type { AuditSession } from '../../../contract/audit.ts'
import { queries } from '../../app/core/queries.ts'
import type { ReplayDocument } from '../../app/documents/document.ts'
import { useDocuments, useServices } from '../../app/services.ts'
import { classNames } from '../../ui/class-names.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { AuditIcon } from '../../ui/icons.ts'
import type { DocumentViewProps } from '../documents/document-views.ts'
import { CommandList } from './command-list.tsx'
import styles from './replay.module.css'
import { replayAttribute, useReplayCommands } from './replay-commands.ts'
import { ReplayHead } from './replay-head.tsx'
import { replaysOf } from './replay-registry.ts'
import { ReplayStage } from './replay-stage.tsx'

export default function ReplayView({ document }: DocumentViewProps<'replay'>) {
  const services = useServices()
  const replay = replaysOf(services).get(document)
  const session = useAuditSession(document)
  const inFront = useDocuments(({ activeId }) => activeId === document.id)
  const [full, setFull] = useState(false)
  useReplayCommands()

  useEffect(() => () => replay.leave(), [replay])

  return (
    <div className={styles.view} tabIndex={-1} {...{ [replayAttribute]: '' }}>
      {!full && <ReplayHead document={document} session={session} replay={replay} />}
      {session?.hasRecording === false ? (
        <EmptyState icon={AuditIcon} title="Nothing was recorded">
          The recording of this session could not be kept. That the session took place is in the audit
          history.
        </EmptyState>
      ) : (
        <div className={classNames(styles.body, full && styles.alone)}>
          {!full && <CommandList replay={replay} />}
          <ReplayStage
            replay={replay}
            taskId={document.container.taskId}
            expectedOutput={session?.outputBytes}
            inFront={inFront}
            full={full}
            onFull={setFull}
          />
        </div>
      )}
    </div>
  )
}

/** The session's entry in the audit, read again whenever something is added to its task's history. */
function useAuditSession({ sessionId, container }: ReplayDocument): AuditSession | undefined {
  const { core } = useServices()
  const queryClient = useQueryClient()
  const query = queries.auditSession(core, sessionId)
  const [queryKey] = useState(query.queryKey)
  useEffect(() => {
    const changes = core.on('audit.changed', ({ taskArn }) => {
      if (taskArn === container.taskArn) void queryClient.invalidateQueries({ queryKey })
    })
    return () => changes[Symbol.dispose]()
  }, [core, container.taskArn, queryClient, queryKey])
  return useQuery(query).data
}

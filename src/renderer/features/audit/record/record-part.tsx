import { keepPreviousData, useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { type RecordMatter, recordMatterSchema } from '../../../../contract/record-acts.ts'
import { queries, recordActsKey } from '../../../app/core/queries.ts'
import { useServices } from '../../../app/services.ts'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { type Choice, Segments } from '../../../ui/field.tsx'
import { AuditIcon } from '../../../ui/icons.ts'
import { ActList } from '../act-row.tsx'
import styles from '../audit.module.css'
import { AuditFrame } from '../audit-frame.tsx'
import { PartHead } from '../part-head.tsx'
import { PartPages } from '../part-pages.tsx'
import { matterWords } from './act-words.ts'
import { RecordActRow } from './record-act-row.tsx'

/** Who exported, imported, removed, held, checked or looked at what of the record. */
export function RecordPart({ now }: { now: number }) {
  const [matter, setMatter] = useState<RecordMatter | 'all'>('all')
  const query = useRecordActs(matter === 'all' ? undefined : matter)
  const { data } = query
  const acts = data?.pages.flatMap((page) => page.acts) ?? []
  const counts = data?.pages[0]?.counts ?? {}
  return (
    <AuditFrame
      head={
        <PartHead title="What was done to the record">
          <Segments label="Show" value={matter} choices={choicesOf(counts)} onChange={setMatter} />
        </PartHead>
      }
    >
      <PartPages query={query} earlier="Show earlier">
        {data !== undefined && acts.length === 0 && (
          <EmptyState icon={AuditIcon} title="Nothing of this kind">
            Exports, imports, removals, holds, checks and looks are noted here, with who and when.
          </EmptyState>
        )}
        {acts.length > 0 && (
          <ActList label="What was done to the record">
            {acts.map((act) => (
              <RecordActRow key={act.seq} act={act} now={now} />
            ))}
          </ActList>
        )}
      </PartPages>
    </AuditFrame>
  )
}

function useRecordActs(matter: RecordMatter | undefined) {
  const { core } = useServices()
  const queryClient = useQueryClient()
  useEffect(() => {
    const news = core.on('audit.recordChanged', () => {
      void queryClient.invalidateQueries({ queryKey: [recordActsKey] })
    })
    return () => news[Symbol.dispose]()
  }, [core, queryClient])
  return useInfiniteQuery({
    ...queries.recordActs(core, matter),
    placeholderData: keepPreviousData,
    refetchOnMount: 'always',
  })
}

/** What there is nothing of needs no button. */
function choicesOf(counts: Partial<Record<RecordMatter, number>>): Choice<RecordMatter | 'all'>[] {
  const choice = (
    value: RecordMatter | 'all',
    word: string,
    count: number,
  ): Choice<RecordMatter | 'all'> => ({
    value,
    label: (
      <>
        {word} <span className={styles.count}>{count.toLocaleString('en')}</span>
      </>
    ),
  })
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0)
  return [
    choice('all', 'All', all),
    ...recordMatterSchema.options.flatMap((matter) => {
      const count = counts[matter] ?? 0
      return count === 0 ? [] : [choice(matter, matterWords[matter], count)]
    }),
  ]
}

import { useQuery } from '@tanstack/react-query'
import type { Transcript } from '../../../contract/cloud-audit.ts'
import type { ErrorValue } from '../../../contract/errors.ts'
import { CoreError, unwrap } from '../../app/core/core-error.ts'
import type { TranscriptDocument } from '../../app/documents/document.ts'
import { useServices } from '../../app/services.ts'

/** How often one that may still be written is looked for. */
const lookAgainMilliseconds = 30_000

/** The whole text of a transcript, read page by page. */
export function useTranscript({ task, event }: TranscriptDocument): {
  transcript: Transcript | undefined
  problem: ErrorValue | undefined
  again: () => void
} {
  const { core } = useServices()
  const { scope, clusterArn, taskArn } = task
  const query = useQuery({
    queryKey: ['audit.transcript', event.eventId],
    queryFn: async () => {
      const request = { scope, clusterArn, taskArn, eventId: event.eventId }
      const first = unwrap(await core.call('audit.transcript', { ...request, offset: 0 }))
      if (first.state === 'missing') return first
      let { text, nextOffset } = first
      while (nextOffset !== undefined) {
        const next = unwrap(await core.call('audit.transcript', { ...request, offset: nextOffset }))
        // It was replaced by a newer one in between: what is there is shown.
        if (next.state === 'missing' || next.sha256 !== first.sha256) break
        text += next.text
        nextOffset = next.nextOffset
      }
      return { ...first, text }
    },
    refetchInterval: ({ state: { data } }) =>
      data?.state === 'missing' && data.later ? lookAgainMilliseconds : false,
  })
  return {
    transcript: query.data,
    problem: query.error instanceof CoreError ? query.error.value : undefined,
    again: () => void query.refetch(),
  }
}

import { AlertIcon } from '../../ui/icons.ts'
import { Name } from '../../ui/name.tsx'
import type { SpikeEntry } from './audit-entries.ts'
import { Row } from './audit-row-frame.tsx'
import { spikeReason } from './spike-words.ts'

/** More error lines than usual. Opens the logs at the worst minute. */
export function SpikeRow({ entry, openLogs }: { entry: SpikeEntry; openLogs: (at: number) => void }) {
  const { spike, containers, at } = entry
  return (
    <Row
      entry={entry}
      tone="refused"
      icon={AlertIcon}
      onOpen={() => openLogs(at)}
      openTitle="Open the logs at this time"
      what={
        <>
          <b>{spike.errors} error lines</b> in <Name text={containers.join(', ')} />
        </>
      }
    >
      {spikeReason(entry, Date.now())}
    </Row>
  )
}

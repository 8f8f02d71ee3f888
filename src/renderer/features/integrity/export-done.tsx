import type { ExportOutcome } from '../../../contract/export.ts'
import { formatBytes } from '../../ui/bytes.ts'
import { Callout } from '../../ui/callout.tsx'
import { DoneIcon } from '../../ui/icons.ts'
import { Name } from '../../ui/name.tsx'
import styles from './integrity.module.css'
import { counted } from './integrity-words.ts'

export function ExportDone({
  done,
  fileName,
}: {
  done: Extract<ExportOutcome, { state: 'done' }>
  fileName: string
}) {
  const { written, archive, downloadPath } = done
  const { bytes, redactions } = written
  const facts = [
    archive && counted(archive.events, 'event', 'events'),
    archive && counted(archive.recordings, 'recording', 'recordings'),
    redactions !== undefined && `${counted(redactions, 'secret', 'secrets')} taken out`,
  ].filter((fact) => typeof fact === 'string')
  return (
    <>
      <div className={`${styles.status} ${styles.good}`} role="status">
        <DoneIcon size={16} stroke={1.75} aria-hidden />
        <div>
          <b>Exported {formatBytes(bytes)}</b>
          <span>{facts.join(', ')}</span>
        </div>
      </div>
      {archive !== undefined && archive.findings > 0 && (
        <Callout
          tone="danger"
          title={`The record differs in ${counted(archive.findings, 'place', 'places')}`}
        >
          The export says where. Check the audit record to see it here.
        </Callout>
      )}
      <dl className={styles.worth}>
        <dt>{downloadPath === undefined ? 'Where' : 'Downloaded as'}</dt>
        <dd>
          <Name className={styles.place} text={downloadPath === undefined ? written.path : fileName} />
        </dd>
        {archive !== undefined && (
          <>
            <dt>Key that signed it; the verifier must print the same</dt>
            <dd>
              <Name className={styles.place} text={archive.keyFingerprint} />
            </dd>
          </>
        )}
      </dl>
    </>
  )
}

import type { ExportResult } from '../../../contract/export.ts'
import { formatBytes } from '../../ui/bytes.ts'
import { Callout } from '../../ui/callout.tsx'
import { DoneIcon } from '../../ui/icons.ts'
import { Name } from '../../ui/name.tsx'
import styles from './integrity.module.css'
import { counted } from './integrity-words.ts'

export function ExportDone({ result }: { result: ExportResult }) {
  const { path, bytes, events, recordings, redactions, findings, keyFingerprint, downloadPath } = result
  return (
    <>
      <div className={`${styles.status} ${styles.good}`} role="status">
        <DoneIcon size={16} stroke={1.75} aria-hidden />
        <div>
          <b>Exported {formatBytes(bytes)}</b>
          <span>
            {counted(events, 'event', 'events')}, {counted(recordings, 'recording', 'recordings')}
            {redactions !== undefined && `, ${counted(redactions, 'secret', 'secrets')} taken out`}
          </span>
        </div>
      </div>
      {findings > 0 && (
        <Callout tone="danger" title={`The record differs in ${counted(findings, 'place', 'places')}`}>
          The export says where. Check the audit record to see it here.
        </Callout>
      )}
      <dl className={styles.worth}>
        <dt>{downloadPath === undefined ? 'Where' : 'Downloaded as'}</dt>
        <dd>
          <Name
            className={styles.place}
            text={downloadPath === undefined ? path : (path.split(/[/\\]/).at(-1) ?? path)}
          />
        </dd>
        <dt>Key that signed it; the verifier must print the same</dt>
        <dd>
          <Name className={styles.place} text={keyFingerprint} />
        </dd>
      </dl>
    </>
  )
}

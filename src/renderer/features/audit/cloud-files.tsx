import type { ImportedFile } from '../../../contract/cloud-audit.ts'
import { Button } from '../../ui/button.tsx'
import { displayText } from '../../ui/display-text.ts'
import { Name } from '../../ui/name.tsx'
import { formatMoment } from '../../ui/time.ts'
import styles from './cloud-files.module.css'
import type { FileResult } from './import-files.ts'
import type { ImportState } from './use-imports.ts'

/** Files of CloudTrail that were imported, and the way to bring more. */
export function CloudFiles({
  state: { imports, results, importing, choose },
  shown,
  onShow,
}: {
  state: ImportState
  /** Whether their sessions are listed at this moment. */
  shown: boolean
  onShow: (shown: boolean) => void
}) {
  const sessions = imports?.events.length ?? 0
  return (
    <section className={styles.files} aria-label="CloudTrail files">
      <h3>CloudTrail files</h3>
      {imports?.files.map((file) => (
        <ImportedFileRow key={file.sha256} file={file} />
      ))}
      <div className={styles.fileActions}>
        <Button size="small" disabled={importing} onClick={choose}>
          {importing ? 'Importing…' : 'Import…'}
        </Button>
        {(sessions > 0 || shown) && (
          <Button size="small" aria-pressed={shown} onClick={() => onShow(!shown)}>
            {shown ? 'Back to the search' : sessions === 1 ? 'Show 1 session' : `Show ${sessions} sessions`}
          </Button>
        )}
      </div>
      <div role="status">
        {results.map((result) => (
          <Result key={result.name} result={result} />
        ))}
      </div>
    </section>
  )
}

function ImportedFileRow({ file: { name, sha256, at, by, shells } }: { file: ImportedFile }) {
  return (
    <p className={styles.file} title={`SHA-256 ${sha256}`}>
      <Name text={name} />
      <span>
        {shells === 1 ? '1 shell' : `${shells} shells`}, by <Name text={by} />, {formatMoment(at, Date.now())}
      </span>
    </p>
  )
}

function Result({ result }: { result: FileResult }) {
  if ('problem' in result)
    return (
      <p className={styles.fileRefused} title={result.problem.action}>
        {displayText(result.problem.message)}
      </p>
    )
  const { records, shells, added } = result.outcome
  return (
    <p className={styles.fileTaken}>
      <Name text={result.name} />: {records} events, {shells} of them shells, {added} new.
    </p>
  )
}

import type { ImportedFile } from '../../../../contract/cloud-audit.ts'
import { useServices } from '../../../app/services.ts'
import { Button } from '../../../ui/button.tsx'
import { displayText } from '../../../ui/display-text.ts'
import { Name } from '../../../ui/name.tsx'
import { formatMoment } from '../../../ui/time.ts'
import { openAudit } from '../audit-parts.ts'
import styles from './cloud-files.module.css'
import type { FileResult } from './import-files.ts'
import { importChosenFiles } from './importing.ts'
import { useImports } from './use-imports.ts'

/** Beside the search only the latest are named. */
const mostBesideSearch = 3

/** Files of CloudTrail that were imported, and the way to bring more. */
export function CloudFiles({ shown }: { shown: boolean }) {
  const services = useServices()
  const { imports, problem, results, running } = useImports()
  const files = imports?.files ?? []
  const shells = imports?.shells ?? 0
  const named = shown ? files : files.slice(0, mostBesideSearch)
  return (
    <section className={styles.files} aria-label="CloudTrail files">
      <h3>CloudTrail files</h3>
      {problem !== undefined && (
        <p className={styles.fileRefused}>
          {displayText([problem.message, problem.action].filter(Boolean).join(' '))}
        </p>
      )}
      {named.map((file) => (
        <ImportedFileRow key={file.sha256} file={file} />
      ))}
      {files.length > named.length && (
        <p className={styles.file}>
          <span>and {files.length - named.length} more</span>
        </p>
      )}
      <div className={styles.fileActions}>
        <Button size="small" busy={running} onClick={() => void importChosenFiles(services)}>
          {running ? 'Importing' : 'Import…'}
        </Button>
        {shells > 0 && !shown && (
          <Button size="small" onClick={() => openAudit(services, 'imported')}>
            {shells === 1 ? 'Show 1 session' : `Show ${shells.toLocaleString('en')} sessions`}
          </Button>
        )}
      </div>
      <div role="status">
        {results.map((result, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two chosen files may have one name
          <Result key={index} result={result} />
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
      <Name text={result.name} />: {records === 1 ? '1 event' : `${records} events`}, {shells} of them shells,{' '}
      {added} new.
    </p>
  )
}

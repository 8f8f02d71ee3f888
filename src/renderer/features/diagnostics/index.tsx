import { Spinner } from '../../ui/glyphs.tsx'
import { Fact, PageHead } from '../../ui/page.tsx'
import { RelativeTime } from '../../ui/relative-time.tsx'
import styles from './diagnostics.module.css'
import { CopyReportButton, LookAgainButton } from './diagnostics-actions.tsx'
import { DiagnosticsReport } from './diagnostics-report.tsx'
import { useDiagnostics } from './use-diagnostics.ts'

/** How Porthole is set up here, for whoever wonders why something does not work. */
export default function DiagnosticsView() {
  const { data: report, isFetching, refetch } = useDiagnostics()
  return (
    <div className={styles.view}>
      <PageHead
        crumbs={null}
        title={<h1>Diagnostics</h1>}
        actions={
          <>
            <LookAgainButton busy={isFetching} onClick={() => void refetch()} />
            <CopyReportButton report={report} />
          </>
        }
      >
        <Fact label="Looked">{report === undefined ? 'now' : <RelativeTime timestamp={report.at} />}</Fact>
        <Fact label="Left out">Keys, tokens, passwords and your home folder’s name</Fact>
      </PageHead>
      <div className={styles.body}>
        {report === undefined ? <Spinner size={16} /> : <DiagnosticsReport report={report} />}
      </div>
    </div>
  )
}

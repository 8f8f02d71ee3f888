import type { IntegrityFinding, IntegrityReport } from '../../../contract/integrity.ts'
import { Name } from '../../ui/name.tsx'
import styles from './integrity.module.css'
import { placeOf } from './integrity-words.ts'

/** Where the record differs. All of it is text that somebody may have forged. */
export function IntegrityFindings({ report }: { report: IntegrityReport }) {
  if (report.findings.length === 0) return null
  const more = report.findingCount - report.findings.length
  return (
    <section className={styles.findings} aria-label="Findings">
      <ul>
        {report.findings.map((finding, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two findings may say the same; their place is what they are
          <li key={index}>
            <Finding finding={finding} />
          </li>
        ))}
      </ul>
      {more > 0 && <p>and {more} more</p>}
    </section>
  )
}

function Finding({ finding }: { finding: IntegrityFinding }) {
  const place = placeOf(finding)
  return (
    <>
      <Name className={styles.finding} text={finding.message} />
      {place !== undefined && <Name className={styles.place} text={place} />}
    </>
  )
}

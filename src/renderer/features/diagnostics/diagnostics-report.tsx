import type { DiagnosticRow, DiagnosticSection, Diagnostics } from '../../../contract/diagnostics.ts'
import { ErrorCallout } from '../../ui/callout.tsx'
import { AlertIcon, CheckIcon, RefusedIcon } from '../../ui/icons.ts'
import { Name } from '../../ui/name.tsx'
import styles from './diagnostics.module.css'

/** Part by part, what was found. All of it is text from files and servers. */
export function DiagnosticsReport({ report }: { report: Diagnostics }) {
  return report.sections.map((section) => <Section key={section.title} section={section} />)
}

function Section({ section: { title, rows, problem } }: { section: DiagnosticSection }) {
  return (
    <section className={styles.section} aria-label={title}>
      <h2>{title}</h2>
      {problem !== undefined && <ErrorCallout error={problem} />}
      <dl>
        {rows.map((row, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two rows may say the same; their place is what they are
          <Row key={index} row={row} />
        ))}
      </dl>
    </section>
  )
}

function Row({ row: { label, value, note, tone } }: { row: DiagnosticRow }) {
  return (
    <div className={styles.row} data-tone={tone}>
      <dt>
        <Name text={label} />
      </dt>
      <dd>
        <span className={styles.value}>
          <Tone tone={tone} />
          <Name text={value} />
        </span>
        {note !== undefined && note !== '' && <Name className={styles.note} text={note} />}
      </dd>
    </div>
  )
}

/** A shape beside the colour, and a word for those who see neither. */
function Tone({ tone }: { tone: DiagnosticRow['tone'] }) {
  switch (tone) {
    case 'good':
      return <CheckIcon size={13} stroke={2} aria-label="In order" />
    case 'warn':
      return <AlertIcon size={13} stroke={1.75} aria-label="Worth a look" />
    case 'bad':
      return <RefusedIcon size={13} stroke={1.75} aria-label="Wrong" />
    default:
      return null
  }
}

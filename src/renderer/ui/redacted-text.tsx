import { displayText } from './display-text.ts'
import { LockIcon } from './icons.ts'
import styles from './redacted-text.module.css'

const redaction = /‹redacted:([a-z0-9-]{1,40}):(\d{1,9})›/g

/** Text in which what was taken out is a chip: its kind and how long it was. */
export function RedactedText({ text }: { text: string }) {
  const parts: React.ReactNode[] = []
  let position = 0
  for (const match of text.matchAll(redaction)) {
    parts.push(displayText(text.slice(position, match.index)))
    const [whole, kind, length] = match
    parts.push(
      <span key={match.index} className={styles.redacted} title={`${length} characters were taken out here`}>
        <LockIcon size={11} stroke={2} aria-hidden />
        {kind}, {length}
      </span>,
    )
    position = match.index + whole.length
  }
  parts.push(displayText(text.slice(position)))
  return <>{parts}</>
}

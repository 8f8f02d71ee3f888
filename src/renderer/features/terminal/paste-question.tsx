import { type KeyboardEvent, useEffect, useRef } from 'react'
import { Button } from '../../ui/button.tsx'
import { harmlessText } from '../../ui/display-text.ts'
import { firstLines, type PasteQuestion } from './paste-guard.ts'
import styles from './terminal.module.css'

/** Longer rows are shown from their beginning. */
const longestRow = 400

/** Asks before lines run one after the other that somebody may not have read. */
export function PasteQuestionPanel({
  question: { text, lineCount },
  place,
  onAnswer,
}: {
  question: PasteQuestion
  /** "production", or the container's name. Untrusted text. */
  place: string
  onAnswer: (agreed: boolean) => void
}) {
  const paste = useRef<HTMLButtonElement>(null)
  useEffect(() => paste.current?.focus(), [])
  const { lines, more } = firstLines(text)
  const press = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return
    event.preventDefault()
    event.stopPropagation()
    onAnswer(false)
  }
  const words = lineCount === 1 ? '1 line, which runs at once,' : `${lineCount} lines`
  return (
    <div
      className={styles.paste}
      role="alertdialog"
      aria-label={`Paste ${words} into ${harmlessText(place)}?`}
      onKeyDown={press}
    >
      <div className={styles.pasteHead}>
        <b>
          Paste {words} into {harmlessText(place)}?
        </b>
        <Button size="small" onClick={() => onAnswer(false)}>
          Cancel
        </Button>
        <Button ref={paste} size="small" variant="primary" onClick={() => onAnswer(true)}>
          Paste
        </Button>
      </div>
      <pre dir="ltr">
        {lines.map((line) => `${harmlessText(line.slice(0, longestRow))}\n`).join('')}
        {more > 0 && <i>and {more.toLocaleString('en')} more</i>}
      </pre>
    </div>
  )
}

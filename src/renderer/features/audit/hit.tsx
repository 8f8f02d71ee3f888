import type { SearchHit } from '../../../contract/search.ts'
import { classNames } from '../../ui/class-names.ts'
import { displayText } from '../../ui/display-text.ts'
import { LogsIcon, PlayIcon, ShellIcon } from '../../ui/icons.ts'
import styles from './audit.module.css'

type FoundText = Pick<SearchHit, 'kind' | 'text' | 'highlights' | 'exitCode' | 'confidence'>

/** A command or a line in which something was found; it leads to its place. */
export function Hit({ hit, place, onOpen }: { hit: FoundText; place: string; onOpen: () => void }) {
  const Icon = hit.kind === 'command' ? ShellIcon : LogsIcon
  const { exitCode, confidence } = hit
  return (
    <button
      type="button"
      className={classNames(styles.hit, hit.kind === 'output' && styles.output)}
      onClick={onOpen}
    >
      <span className={styles.at}>{place}</span>
      <Icon size={12} stroke={1.75} aria-label={hit.kind === 'command' ? 'Command' : 'Output'} />
      <span className={styles.text} title={displayText(hit.text.trim())}>
        <Highlighted hit={hit} />
      </span>
      {exitCode !== undefined && (
        <span className={classNames(styles.exit, exitCode !== 0 && styles.failed)}>exit {exitCode}</span>
      )}
      {exitCode === undefined && confidence === 'likely' && (
        <span className={styles.exit} title="Likely, read from the screen">
          ≈
        </span>
      )}
      <PlayIcon className={styles.play} size={12} stroke={1.75} aria-hidden />
    </button>
  )
}

/**
 * What was found is in sight in the narrowest window too: a line that has more
 * than this before it is shown from a little before. In characters.
 */
const textBefore = 36
const shownBefore = 20
const mostText = 400

function Highlighted({ hit: { text, highlights } }: { hit: FoundText }) {
  const first = highlights[0]?.[0] ?? 0
  const start = first > textBefore ? first - shownBefore : 0
  const end = Math.min(text.length, start + mostText)
  const parts: React.ReactNode[] = start > 0 ? ['…'] : []
  let position = start
  for (const [from, to] of highlights) {
    if (from < position || to > end) continue
    parts.push(displayText(text.slice(position, from)))
    parts.push(<mark key={from}>{displayText(text.slice(from, to))}</mark>)
    position = to
  }
  parts.push(displayText(text.slice(position, end)))
  return <>{parts}</>
}

import { memo, useState } from 'react'
import type { ErrorValue } from '../../../contract/errors.ts'
import { Button } from '../../ui/button.tsx'
import { classNames } from '../../ui/class-names.ts'
import { displayText } from '../../ui/display-text.ts'
import { ChevronDownIcon, ChevronRightIcon, PlayIcon, ShellIcon } from '../../ui/icons.ts'
import { Name } from '../../ui/name.tsx'
import { RedactedText } from '../../ui/redacted-text.tsx'
import type { StoredLine } from './line-store.ts'
import { lineText, lineTexts, prettyJson } from './line-text.ts'
import { markMatches } from './log-filter.ts'
import styles from './logs.module.css'
import { isMark, type LogRow } from './rows.ts'
import type { ShellMark } from './shell-marks.ts'

/** Beyond this a row is longer than any screen; the rest is behind a click. */
const longestRowCharacters = 2000

const levelWords = { error: 'Error', warn: 'Warn', notice: 'Notice', plain: '' } as const

interface LogRowProps {
  row: LogRow
  container: string | undefined
  expression: RegExp | undefined
  wrap: boolean
  expanded: boolean
  /** The search stands here. */
  current: boolean
  onToggle: (key: number) => void
  whole: (line: StoredLine) => Promise<string | ErrorValue>
  onReplay: (mark: ShellMark) => void
}

export const LogRowView = memo(function LogRowView(props: LogRowProps) {
  return isMark(props.row) ? (
    <MarkRow mark={props.row} onReplay={props.onReplay} />
  ) : (
    <LineRow {...props} line={props.row} />
  )
})

function LineRow({
  line,
  container,
  expression,
  wrap,
  expanded,
  current,
  onToggle,
  whole,
}: LogRowProps & { line: StoredLine }) {
  const text = lineText(line.text)
  const isLong = line.length !== undefined || text.length > longestRowCharacters
  const canExpand = isLong || line.text.startsWith('{') || line.text.includes('\n')
  return (
    <>
      <div
        className={classNames(styles.row, wrap && styles.wrapped, current && styles.current)}
        data-level={line.level}
      >
        <time className={styles.time} dateTime={new Date(line.at).toISOString()}>
          {timeText(line.at)}
        </time>
        <span className={styles.source}>
          <i className={styles.swatch} data-source={line.source % 6} aria-hidden />
          <Name text={container ?? ''} />
        </span>
        <span className={styles.level}>{levelWords[line.level]}</span>
        <bdi className={styles.message}>
          <Message text={text.slice(0, longestRowCharacters)} expression={expression} />
          {isLong && '…'}
        </bdi>
        {canExpand && (
          <button
            type="button"
            className={styles.expand}
            aria-expanded={expanded}
            title={expanded ? 'Show one row' : 'Show all of it'}
            aria-label={expanded ? 'Show one row' : 'Show all of it'}
            onClick={() => onToggle(line.key)}
          >
            {expanded ? <ChevronDownIcon size={12} stroke={2} /> : <ChevronRightIcon size={12} stroke={2} />}
          </button>
        )}
      </div>
      {expanded && <Expanded line={line} whole={whole} />}
    </>
  )
}

/** The status of an access log's request, which is what one looks for in it. */
const accessStatus = /(?<=\bHTTP\/\d(?:\.\d)?" )\d{3}\b/

function Message({ text, expression }: { text: string; expression: RegExp | undefined }) {
  const status = accessStatus.exec(text)
  if (status === null) return <Marked text={text} expression={expression} />
  const end = status.index + status[0].length
  return (
    <>
      <Marked text={text.slice(0, status.index)} expression={expression} />
      <b className={styles.status} data-class={status[0].charAt(0)}>
        <Marked text={status[0]} expression={expression} />
      </b>
      <Marked text={text.slice(end)} expression={expression} />
    </>
  )
}

function Marked({ text, expression }: { text: string; expression: RegExp | undefined }) {
  return markMatches(text, expression).map(({ text: part, match }, index) =>
    // biome-ignore lint/suspicious/noArrayIndexKey: parts of one text have no other name
    match ? <mark key={index}>{part}</mark> : part,
  )
}

/** JSON over several rows, or all of a long line. */
function Expanded({ line, whole }: { line: StoredLine; whole: LogRowProps['whole'] }) {
  const [text, setText] = useState(line.text)
  const [problem, setProblem] = useState<ErrorValue | undefined>(undefined)
  const [busy, setBusy] = useState(false)
  const isCut = line.length !== undefined && text.length < line.length
  const showAll = async () => {
    setBusy(true)
    const answer = await whole(line)
    setBusy(false)
    if (typeof answer === 'string') setText(answer)
    else setProblem(answer)
  }
  return (
    <div className={styles.expanded}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls */}
      <pre dir="ltr" tabIndex={0}>
        {prettyJson(text) ?? lineTexts(text)}
      </pre>
      {isCut && (
        <Button size="small" busy={busy} onClick={() => void showAll()}>
          Show all {line.length?.toLocaleString('en')} characters
        </Button>
      )}
      {problem !== undefined && <p role="alert">{displayText(problem.message)}</p>}
    </div>
  )
}

function MarkRow({ mark, onReplay }: { mark: ShellMark; onReplay: (mark: ShellMark) => void }) {
  const { at, kind, userName, containerName, outcome, likely, failed, replay } = mark
  const open = () => {
    // Somebody who marks a command to copy it stays here.
    if (replay !== undefined && document.getSelection()?.isCollapsed !== false) onReplay(mark)
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: more room for the pointer; the button does the same
    // biome-ignore lint/a11y/useKeyWithClickEvents: see above
    <div
      className={classNames(styles.row, styles.mark, replay !== undefined && styles.playable)}
      data-mark={kind}
      onClick={open}
    >
      <time className={styles.time} dateTime={new Date(at).toISOString()}>
        {timeText(at)}
      </time>
      <span className={styles.person}>
        <ShellIcon size={12} stroke={2} aria-hidden />
        <Name text={userName} />
      </span>
      <span className={styles.level} />
      <bdi className={styles.message}>
        {kind === 'command' ? (
          <RedactedText text={mark.text.replaceAll('\n', ' ⏎ ')} />
        ) : (
          displayText(mark.text)
        )}
      </bdi>
      <span className={styles.outcome} data-failed={failed}>
        {likely && <span title="Likely, read from the screen">≈ </span>}
        {outcome ?? (containerName === undefined ? '' : `in ${displayText(containerName)}`)}
      </span>
      {replay !== undefined && (
        <button
          type="button"
          className={styles.play}
          title="Open the replay here"
          aria-label="Open the replay here"
          onClick={(event) => {
            event.stopPropagation()
            onReplay(mark)
          }}
        >
          <PlayIcon size={12} stroke={1.75} />
        </button>
      )}
    </div>
  )
}

/** "14:38:02.006", in the person's own time zone. */
function timeText(at: number): string {
  const date = new Date(at)
  return `${date.toTimeString().slice(0, 8)}.${String(date.getMilliseconds()).padStart(3, '0')}`
}

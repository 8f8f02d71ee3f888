import { type KeyboardEvent, type MouseEvent, useState } from 'react'
import type { LogRange, LogTask } from '../../../contract/logs.ts'
import { useServices } from '../../app/services.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { classNames } from '../../ui/class-names.ts'
import { useContextMenu } from '../../ui/context-menu.tsx'
import { displayText } from '../../ui/display-text.ts'
import { Segments, TextInput } from '../../ui/field.tsx'
import {
  CheckIcon,
  ChevronDownIcon,
  ClockIcon,
  CloudIcon,
  ExportIcon,
  ExpressionIcon,
  MatchCaseIcon,
  SearchIcon,
} from '../../ui/icons.ts'
import { Name } from '../../ui/name.tsx'
import { showToast } from '../../ui/toast.tsx'
import { downloadLogs } from './download.ts'
import { JumpDialog } from './jump-dialog.tsx'
import type { FeedState } from './log-feed.ts'
import type { LevelFilter } from './log-filter.ts'
import styles from './logs.module.css'
import { isContainerShown, toggleContainer, type ViewOptions } from './options.ts'
import { toPattern } from './pattern.ts'
import { lastChoices, type RangeChoice, rangeWords } from './range-choice.ts'
import type { ShownRows } from './rows.ts'

interface LogBarProps {
  state: FeedState
  options: ViewOptions
  onOptions: (change: Partial<ViewOptions>) => void
  shown: ShownRows
  pattern: string | undefined
  onPattern: (pattern: string | undefined) => void
  choice: RangeChoice
  onChoice: (choice: RangeChoice) => void
  onJump: (at: number) => void
  download: { task: LogTask; range: LogRange; pattern: string | undefined }
  onNextMatch: (direction: 1 | -1) => void
}

/** Search, containers, levels, time and download. */
export function LogBar(props: LogBarProps) {
  const { state, options, onOptions, shown } = props
  return (
    <div className={styles.bar}>
      <SearchField {...props} />
      <div className={styles.chips}>
        {state.sources.map(({ container }, source) => (
          <ContainerChip
            key={container}
            name={container}
            source={source}
            on={isContainerShown(options, container)}
            onToggle={() =>
              onOptions(
                toggleContainer(
                  options,
                  container,
                  state.sources.map((each) => each.container),
                ),
              )
            }
          />
        ))}
      </div>
      <Segments<LevelFilter>
        label="Level"
        value={options.level}
        onChange={(level) => onOptions({ level })}
        choices={[
          { value: 'all', label: 'All' },
          { value: 'warn', label: 'Warn' },
          {
            value: 'error',
            label: <>Error {shown.errors > 0 && <span className={styles.count}>{shown.errors}</span>}</>,
          },
        ]}
      />
      <span className={styles.space} />
      <RangeButton {...props} />
      <DownloadButton {...props} />
    </div>
  )
}

function SearchField({ options, onOptions, shown, pattern, onPattern, onNextMatch }: LogBarProps) {
  const { search } = options
  const inCloud = pattern !== undefined
  const press = (event: KeyboardEvent) => {
    if (event.key !== 'Enter') return
    event.preventDefault()
    if (inCloud) onPattern(toPattern(search.text))
    else onNextMatch(event.shiftKey ? -1 : 1)
  }
  const toggleCloud = () => onPattern(inCloud ? undefined : toPattern(search.text))
  return (
    <TextInput
      className={styles.search}
      aria-label="Search in the lines"
      placeholder="Search"
      value={search.text}
      invalid={shown.badExpression}
      onChange={(event) => onOptions({ search: { ...search, text: event.target.value } })}
      onKeyDown={press}
      start={<SearchIcon size={14} stroke={1.75} aria-hidden />}
      end={
        <>
          {search.text !== '' && (
            <span className={styles.matches} role="status">
              {shown.matches}
              <span> {shown.matches === 1 ? 'match' : 'matches'}</span>
            </span>
          )}
          <IconButton
            label="Match case"
            className={styles.small}
            pressed={search.matchCase}
            onClick={() => onOptions({ search: { ...search, matchCase: !search.matchCase } })}
          >
            <MatchCaseIcon size={14} stroke={1.75} />
          </IconButton>
          <IconButton
            label="Regular expression"
            className={styles.small}
            pressed={search.isExpression}
            onClick={() => onOptions({ search: { ...search, isExpression: !search.isExpression } })}
          >
            <ExpressionIcon size={14} stroke={1.75} />
          </IconButton>
          <IconButton
            label={
              inCloud
                ? `CloudWatch filters by ${displayText(pattern)}. Show all lines again`
                : 'Filter in CloudWatch Logs by this text or pattern'
            }
            className={styles.small}
            pressed={inCloud}
            disabled={!inCloud && search.text.trim() === ''}
            onClick={toggleCloud}
          >
            <CloudIcon size={14} stroke={1.75} />
          </IconButton>
        </>
      }
    />
  )
}

function ContainerChip({
  name,
  source,
  on,
  onToggle,
}: {
  name: string
  source: number
  on: boolean
  onToggle: () => void
}) {
  return (
    <button
      type="button"
      aria-pressed={on}
      className={classNames(styles.chip, on && styles.chipOn)}
      onClick={onToggle}
    >
      <span className={classNames(styles.check, on && styles.checkOn)} aria-hidden>
        {on && <CheckIcon size={10} stroke={3.4} />}
      </span>
      <Name text={name} />
      <i className={styles.swatch} data-source={source % 6} aria-hidden />
    </button>
  )
}

function RangeButton({ choice, onChoice, onJump }: LogBarProps) {
  const openMenu = useContextMenu()
  const [asking, setAsking] = useState(false)
  const now = Date.now()
  const menu = (event: MouseEvent) =>
    openMenu(event, [
      ...lastChoices.map((each) => ({
        label: rangeWords(each, now),
        checked: each.kind === 'last' && choice.kind === 'last' && each.minutes === choice.minutes,
        run: () => onChoice(each),
      })),
      'divider',
      { label: 'Jump to a time…', icon: ClockIcon, run: () => setAsking(true) },
    ])
  return (
    <>
      <Button className={styles.range} onClick={menu} aria-haspopup="menu">
        <ClockIcon size={14} stroke={1.75} aria-hidden />
        {rangeWords(choice, now)}
        <ChevronDownIcon size={12} stroke={2} aria-hidden />
      </Button>
      {asking && <JumpDialog onJump={onJump} onClose={() => setAsking(false)} />}
    </>
  )
}

function DownloadButton({ download, state }: LogBarProps) {
  const { core } = useServices()
  const [busy, setBusy] = useState(false)
  const run = async () => {
    setBusy(true)
    const outcome = await downloadLogs(core, download)
    setBusy(false)
    if (outcome.problem !== undefined)
      showToast({ tone: 'danger', title: 'The download failed', text: displayText(outcome.problem.message) })
    else if (outcome.cut)
      showToast({
        tone: 'warn',
        title: 'The download is not everything',
        text: `It has the newest ${outcome.lines} lines of the range.`,
      })
  }
  return (
    <IconButton
      label={busy ? 'Downloading' : 'Download'}
      disabled={busy || state.phase !== 'open'}
      onClick={() => void run()}
    >
      <ExportIcon size={16} stroke={1.6} />
    </IconButton>
  )
}

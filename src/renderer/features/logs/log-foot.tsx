import { displayText } from '../../ui/display-text.ts'
import { Name } from '../../ui/name.tsx'
import { Switch } from '../../ui/switch.tsx'
import { useNow } from '../../ui/use-now.ts'
import { type FeedState, paceOf } from './log-feed.ts'
import styles from './logs.module.css'
import type { ViewOptions } from './options.ts'

/** Following, what is shown, and where it comes from. */
export function LogFoot({
  state,
  options,
  onOptions,
  live,
}: {
  state: FeedState
  options: ViewOptions
  onOptions: (change: Partial<ViewOptions>) => void
  live: boolean
}) {
  const groups = [...new Set(state.sources.flatMap(({ group }) => (group === undefined ? [] : [group])))]
  return (
    <div className={styles.foot}>
      {live && (
        <Switch checked={options.follow} onChange={(follow) => onOptions({ follow })}>
          <b className={styles.follow}>Follow</b>
        </Switch>
      )}
      <Pace state={state} live={live} />
      <span className={styles.space} />
      <Switch checked={options.shells} onChange={(shells) => onOptions({ shells })}>
        Shell commands
      </Switch>
      <Switch checked={options.onlyMatches} onChange={(onlyMatches) => onOptions({ onlyMatches })}>
        Only matches
      </Switch>
      <Switch checked={options.wrap} onChange={(wrap) => onOptions({ wrap })}>
        Wrap
      </Switch>
      <span className={styles.group} title={displayText(groups.join(', '))}>
        {groups[0] !== undefined && <Name text={groups[0]} />}
        {groups.length > 1 && ` + ${groups.length - 1}`}
      </span>
    </div>
  )
}

function Pace({ state, live }: { state: FeedState; live: boolean }) {
  const now = useNow()
  const words: string[] = []
  if (state.loading) words.push(`Loading, ${state.lines.length} lines`)
  else if (live && state.askedAt !== undefined) {
    words.push(paceWords(paceOf(state.arrivals, now)))
    words.push(`${Math.max(0, Math.round((now - state.askedAt) / 1000))} s behind`)
  } else words.push(state.lines.length === 1 ? '1 line' : `${state.lines.length} lines`)
  if (state.dropped > 0) words.push(`the oldest ${state.dropped} left the page`)
  return <span className={styles.pace}>{words.join(', ')}</span>
}

function paceWords(perSecond: number): string {
  if (perSecond === 0) return 'Quiet'
  if (perSecond < 1) return `${Math.max(1, Math.round(perSecond * 60))} lines a minute`
  return `${Math.round(perSecond)} lines a second`
}

import { type RefObject, useCallback, useDeferredValue, useEffect, useMemo, useRef, useState } from 'react'
import type { LogRange } from '../../../contract/logs.ts'
import { useServiceStore, useServices } from '../../app/services.ts'
import { clusterKey } from '../../app/stores/catalog-store.ts'
import { ErrorCallout } from '../../ui/callout.tsx'
import type { DocumentViewProps } from '../documents/document-views.ts'
import { openReplay } from '../replay/open-replay.ts'
import { LogBar } from './log-bar.tsx'
import type { FeedState } from './log-feed.ts'
import { LogFoot } from './log-foot.tsx'
import { LogList, type LogListHandle } from './log-list.tsx'
import styles from './logs.module.css'
import { useAskedMoment, useAskedMoments } from './open-logs.ts'
import { everyLine, initialOptions, type ViewOptions } from './options.ts'
import { Problems } from './problems.tsx'
import { type RangeChoice, rangeOf } from './range-choice.ts'
import { useRows } from './rows.ts'
import type { ShellMark } from './shell-marks.ts'
import { TimeAxis } from './time-axis.tsx'
import { useLogFeed } from './use-log-feed.ts'
import { useShells } from './use-shells.ts'

/** A task's log lines and what was done in it, on one time axis. */
export default function LogsView({ document }: DocumentViewProps<'logs'>) {
  const { task, containerName } = document
  const element = useRef<HTMLDivElement>(null)
  const list = useRef<LogListHandle>(null)
  const taskDefinitionArn = useServiceStore(
    'catalog',
    ({ clusters }) =>
      clusters[clusterKey(task.scope, task.clusterArn)]?.tasks.find(({ arn }) => arn === task.taskArn)
        ?.taskDefinitionArn,
  )
  const begin = useAskedMoment(document.id)
  const [choice, setChoice] = useState<RangeChoice>(() =>
    begin === undefined ? { kind: 'last', minutes: 15 } : { kind: 'around', at: begin },
  )
  // Choosing the same range once more reads it anew.
  const range = useMemo(() => rangeOf(choice, Date.now()), [choice])
  const [pattern, setPattern] = useState<string | undefined>(undefined)
  const { feed, state } = useLogFeed({ ...task, taskDefinitionArn }, range, pattern, element)
  // The core forgets a view together with the connection it came by; the next one begins anew.
  const isForgotten = state.phase === 'open' && state.error?.code === 'NOT_FOUND'
  useEffect(() => {
    if (isForgotten) setChoice((before) => ({ ...before }))
  }, [isForgotten])
  const [options, setOptions] = useState<ViewOptions>(() => initialOptions(containerName))
  const shells = useShells(task.taskArn, options.shells ? loadedRange(state, range) : undefined)
  const change = (changed: Partial<ViewOptions>) => setOptions((before) => ({ ...before, ...changed }))
  const [view, setView] = useState<{ from: number; to: number } | undefined>(undefined)
  const shown = useRows(state, shells.marks, useDeferredValue(options), range)
  const openReplay = useOpenReplay()

  const jump = (at: number) => {
    const loaded = state.lines[0]
    const isLoaded = at >= range.from && at <= (range.to ?? Date.now()) && loaded !== undefined
    change({ follow: false })
    if (isLoaded && (state.complete || at >= loaded.at)) list.current?.scrollTo(at)
    else setChoice({ kind: 'around', at })
  }
  useAskedMoments(document.id, (at) => {
    // Whoever comes for the lines of a moment wants to see them all.
    setPattern(undefined)
    change({ ...everyLine, follow: false })
    const isThere = pattern === undefined && choice.kind === 'around' && choice.at === at
    if (!isThere) setChoice({ kind: 'around', at })
    else if (state.lines.length > 0) list.current?.scrollTo(at)
  })
  useScrollToMoment(list, choice, state)
  const choose = (next: RangeChoice) => {
    setChoice({ ...next })
    change({ follow: next.kind === 'last' })
  }

  return (
    <div ref={element} className={styles.view}>
      <LogBar
        state={state}
        options={options}
        onOptions={change}
        shown={shown}
        pattern={pattern}
        onPattern={setPattern}
        choice={choice}
        onChoice={choose}
        onJump={jump}
        download={{ task: { ...task, taskDefinitionArn }, range, pattern }}
        onNextMatch={(direction) => list.current?.nextMatch(direction)}
      />
      <TimeAxis state={state} shown={shown} shells={shells} range={range} view={view} onJump={jump} />
      <Problems state={state} onRetry={() => choose(choice)} />
      {state.phase === 'failed' && state.error !== undefined ? (
        <div className={styles.failure}>
          <ErrorCallout error={state.error} />
        </div>
      ) : (
        <LogList
          ref={list}
          feed={feed}
          state={state}
          shown={shown}
          options={options}
          onFollow={(follow) => change({ follow })}
          onView={setView}
          onReplay={openReplay}
          live={range.to === undefined}
        />
      )}
      <LogFoot state={state} options={options} onOptions={change} live={range.to === undefined} />
    </div>
  )
}

/** Puts the moment that somebody jumped to into sight, once its lines are there. */
function useScrollToMoment(
  list: RefObject<LogListHandle | null>,
  choice: RangeChoice,
  { phase, loading }: FeedState,
): void {
  const shown = useRef<RangeChoice>(undefined)
  useEffect(() => {
    if (shown.current === choice || phase !== 'open' || loading) return
    shown.current = choice
    if (choice.kind === 'around') list.current?.scrollTo(choice.at)
  }, [list, choice, phase, loading])
}

/** The part of the range of which lines are on the page; undefined until there is one. */
function loadedRange({ complete, lines }: FeedState, { from, to }: LogRange): LogRange | undefined {
  const first = complete ? from : lines[0]?.at
  return first === undefined ? undefined : { from: first, to }
}

/** The session of a mark in the replay, at the moment that the mark stands for. */
function useOpenReplay(): (mark: ShellMark) => void {
  const services = useServices()
  return useCallback(
    ({ replay }) => {
      if (replay !== undefined) openReplay(services, replay.session, replay.at)
    },
    [services],
  )
}

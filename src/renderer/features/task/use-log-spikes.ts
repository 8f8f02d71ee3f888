import { useCallback, useEffect, useState, useSyncExternalStore } from 'react'
import type { EndedLogRange } from '../../../contract/logs.ts'
import type { TaskRef } from '../../app/documents/document.ts'
import { useServices } from '../../app/services.ts'
import { openLogsAt } from '../logs/open-logs.ts'
import type { ChartTime } from './chart-time.ts'
import { nothingAsked, SpikeFeed, type SpikeState } from './spike-feed.ts'

/** Log spikes of a task's page. Nothing is read of them before somebody asks, and nothing more after. */
export interface LogSpikesOfPage {
  state: SpikeState
  /** Looks through the time of the chart, again when that was done before. */
  look: (time: ChartTime) => void
  /** Goes on where the calls of the search were not enough. */
  lookFurther: () => void
  /** Goes to the log lines of a moment. */
  openLogs: (at: number) => void
}

export function useLogSpikes(task: TaskRef, taskDefinitionArn: string | undefined): LogSpikesOfPage {
  const services = useServices()
  const [feed, setFeed] = useState<SpikeFeed | undefined>(undefined)
  useEffect(() => {
    void feed?.start()
    return () => feed?.[Symbol.dispose]()
  }, [feed])
  const state = useSyncExternalStore(feed?.subscribe ?? subscribeToNothing, feed?.read ?? readNothing)
  return {
    state,
    look(time) {
      const request = { task: { ...task, taskDefinitionArn }, range: rangeOf(time) }
      setFeed(new SpikeFeed(services.core, request, state.known))
    },
    lookFurther: () => void feed?.readFurther(),
    openLogs: useCallback((at: number) => openLogsAt(services, task, at), [services, task]),
  }
}

/** The chart moves on once a minute; what was just logged is asked for as well. */
function rangeOf({ from, to, isOver }: ChartTime): EndedLogRange {
  return { from, to: Math.max(from + 1, isOver ? to : Date.now()) }
}

const subscribeToNothing = () => () => {}
const readNothing = () => nothingAsked

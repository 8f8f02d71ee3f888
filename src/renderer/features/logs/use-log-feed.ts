import { type RefObject, useEffect, useState, useSyncExternalStore } from 'react'
import type { LogRange, LogTask } from '../../../contract/logs.ts'
import { useServices } from '../../app/services.ts'
import { type FeedState, LogFeed } from './log-feed.ts'

/** The feed of a range and pattern; another one of either is another feed. */
export function useLogFeed(
  task: LogTask,
  range: LogRange,
  pattern: string | undefined,
  element: RefObject<HTMLElement | null>,
): { feed: LogFeed; state: FeedState } {
  const { core } = useServices()
  const create = () =>
    new LogFeed(core, { task, range, pattern }, () => {
      // A tab behind others is taken off the page; a hidden window draws nothing.
      return element.current?.offsetParent !== null && document.visibilityState === 'visible'
    })
  const [current, setCurrent] = useState(() => ({ feed: create(), range, pattern }))
  if (current.range !== range || current.pattern !== pattern) setCurrent({ feed: create(), range, pattern })
  const { feed } = current
  useEffect(() => {
    void feed.start()
    return () => feed[Symbol.dispose]()
  }, [feed])
  return { feed, state: useSyncExternalStore(feed.subscribe, feed.read) }
}

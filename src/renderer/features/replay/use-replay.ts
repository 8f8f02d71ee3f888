import { useStore } from 'zustand'
import type { Replay } from './replay.ts'
import type { ReplayState } from './replay-state.ts'

/** A narrow view of a replay: the component renders again only when the selection changes. */
export function useReplay<Selection>(replay: Replay, select: (state: ReplayState) => Selection): Selection {
  return useStore(replay.store, select)
}

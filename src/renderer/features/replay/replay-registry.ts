import { systemClock } from '../../app/core/core-link.ts'
import { disposeTogether } from '../../app/disposables.ts'
import type { ReplayDocument } from '../../app/documents/document.ts'
import type { Services } from '../../app/services.ts'
import { onSchemeApplied } from '../terminal/terminal-theme.ts'
import { sessionSource } from './recording-reader.ts'
import type { RecordingSource } from './recording-source.ts'
import { Replay } from './replay.ts'
import type { Frames } from './replay-search.ts'
import { ReplayTerminal } from './replay-terminal.ts'

/** The replays of this window, by document, from the first time a tab is shown until it is closed. */
export interface ReplayRegistry extends Disposable {
  get(document: ReplayDocument): Replay
  /** The replay of a recording that is not the audit's. The source is read the first time. */
  getFrom(documentId: string, source: RecordingSource): Replay
  /** The replay of the tab in front, if that is one. */
  front(): Replay | undefined
}

const registries = new WeakMap<Services, ReplayRegistry>()

/** One registry for the life of the page; made by the first replay, because xterm.js is loaded then. */
export function replaysOf(services: Services): ReplayRegistry {
  const known = registries.get(services)
  if (known !== undefined) return known
  const created = createReplayRegistry(services)
  registries.set(services, created)
  return created
}

const pageFrames: Frames = {
  now: () => performance.now(),
  next(callback) {
    const frame = requestAnimationFrame(callback)
    return { [Symbol.dispose]: () => cancelAnimationFrame(frame) }
  },
}

function createReplayRegistry({ core, settings, workspace }: Services): ReplayRegistry {
  const replays = new Map<string, Replay>()
  const fontSize = () => settings.getState().settings.terminalFontSize
  const unsubscribe = settings.subscribe(() => {
    for (const { terminal } of replays.values()) terminal.applyFontSize(fontSize())
  })
  const following = disposeTogether(
    { [Symbol.dispose]: unsubscribe },
    onSchemeApplied(() => {
      for (const { terminal } of replays.values()) terminal.applyTheme()
    }),
    workspace.onClosed(({ id }) => {
      replays.get(id)?.[Symbol.dispose]()
      replays.delete(id)
    }),
  )
  const create = (id: string, source: RecordingSource): Replay => {
    const created = new Replay({
      source,
      clock: systemClock,
      frames: pageFrames,
      terminal: new ReplayTerminal(fontSize()),
    })
    replays.set(id, created)
    return created
  }

  return {
    get: ({ id, sessionId, container: { taskArn } }) =>
      replays.get(id) ?? create(id, sessionSource({ core, clock: systemClock, sessionId, taskArn })),
    getFrom: (id, source) => replays.get(id) ?? create(id, source),
    front() {
      const { activeId } = workspace.store.getState()
      return activeId === undefined ? undefined : replays.get(activeId)
    },
    [Symbol.dispose]() {
      following[Symbol.dispose]()
      for (const replay of replays.values()) replay[Symbol.dispose]()
      replays.clear()
    },
  }
}

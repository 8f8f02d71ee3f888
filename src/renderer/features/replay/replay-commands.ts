import { useEffect } from 'react'
import type { RecordedCommand } from '../../../contract/command-marker.ts'
import type { Command } from '../../app/commands/command-registry.ts'
import type { KeyBindings } from '../../app/commands/keys.ts'
import { type Services, useServices } from '../../app/services.ts'
import {
  BackFiveIcon,
  CopyIcon,
  ForwardFiveIcon,
  NextIcon,
  PlayIcon,
  PreviousIcon,
  SearchIcon,
} from '../../ui/icons.ts'
import { entryAt, focusedRow } from './commands.ts'
import { copyCommand, copyOutput } from './copy-from-session.ts'
import { speeds } from './player.ts'
import type { Replay } from './replay.ts'
import { replaysOf } from './replay-registry.ts'

/** Marks a replay's document, inside which its keys are its own. */
export const replayAttribute = 'data-replay'

const findRequests = new Set<() => void>()

/** Called when search is asked for; only the replay in front listens. */
export function onFindRequest(listener: () => void): Disposable {
  findRequests.add(listener)
  return { [Symbol.dispose]: () => void findRequests.delete(listener) }
}

const registered = new WeakSet<Services>()

/** Registers the commands of replays once, with the first replay: before there is one they mean nothing. */
export function useReplayCommands(): void {
  const services = useServices()
  useEffect(() => {
    if (registered.has(services)) return
    registered.add(services)
    services.commands.register(replayCommands(services))
  }, [services])
}

function replayCommands(services: Services): Command[] {
  const front = () => replaysOf(services).front()
  const command = (
    id: string,
    title: string,
    key: string | undefined,
    run: (replay: Replay) => void,
    rest: Partial<Command> = {},
  ): Command => ({
    id: `replay.${id}`,
    title,
    group: 'Replay',
    ...(key !== undefined && { keys: sameEverywhere(key) }),
    when: () => front() !== undefined && !keysAreTaken(),
    run: () => {
      const replay = front()
      if (replay !== undefined) run(replay)
    },
    ...rest,
  })
  /** About the command whose row has the focus, else the one that the replay is at. */
  const ofCommand = (
    id: string,
    title: string,
    key: string,
    run: (replay: Replay, at: { index: number; command: RecordedCommand }) => void,
    isPossible: (replay: Replay) => boolean = () => true,
  ) =>
    command(
      id,
      title,
      key,
      (replay) => {
        const at = commandNow(replay)
        if (at !== undefined) run(replay, at)
      },
      {
        icon: CopyIcon,
        when: () => {
          const replay = front()
          return (
            replay !== undefined && commandNow(replay) !== undefined && isPossible(replay) && !keysAreTaken()
          )
        },
      },
    )
  const withMarkers = () => front()?.store.getState().hasMarkers === true && !keysAreTaken()

  return [
    command('playOrPause', 'Play or pause replay', ' ', (replay) => replay.togglePlay(), {
      icon: PlayIcon,
      // On a button the space bar presses it.
      when: () => front() !== undefined && !keysAreTaken() && !isOnButton(),
    }),
    command('back', 'Back 5 s', 'ArrowLeft', (replay) => replay.stepBack(), { icon: BackFiveIcon }),
    command('forward', 'Forward 5 s', 'ArrowRight', (replay) => replay.stepForward(), {
      icon: ForwardFiveIcon,
    }),
    command('previousMarker', 'Previous command', '[', (replay) => replay.previousMarker(), {
      icon: PreviousIcon,
      when: withMarkers,
    }),
    command('nextMarker', 'Next command', ']', (replay) => replay.nextMarker(), {
      icon: NextIcon,
      when: withMarkers,
    }),
    ofCommand('copyCommand', 'Copy command', 'c', (_, { command }) => void copyCommand(command)),
    ofCommand(
      'copyOutput',
      'Copy output of command',
      'o',
      ({ sessionId }, { index }) =>
        void (sessionId !== undefined && copyOutput(services.core, sessionId, index)),
      // What one command printed is cut out of a recording by the audit, which takes its secrets out.
      ({ sessionId }) => sessionId !== undefined,
    ),
    command('start', 'Start of replay', 'Home', (replay) => replay.seekToStart(), { icon: PreviousIcon }),
    command('end', 'End of replay', 'End', (replay) => replay.seekToEnd(), { icon: NextIcon }),
    command('skipIdle', 'Skip idle time in replay', undefined, (replay) =>
      replay.setSkipIdle(!replay.store.getState().skipIdle),
    ),
    ...speeds.map((speed) =>
      command(`speed${speed}`, `Speed ${speed}×`, undefined, (replay) => replay.setSpeed(speed)),
    ),
    {
      id: 'replay.find',
      title: 'Search in this session',
      group: 'Replay',
      icon: SearchIcon,
      keys: { mac: [{ key: 'Meta+F' }], other: [{ key: 'Ctrl+Shift+F' }, { key: 'Ctrl+F' }] },
      when: () => front() !== undefined,
      run: () => {
        for (const request of [...findRequests]) request()
      },
    },
    {
      id: 'replay.copy',
      title: 'Copy selection',
      group: 'Replay',
      icon: CopyIcon,
      keys: {
        mac: [{ key: 'Meta+C' }],
        other: [{ key: 'Ctrl+Shift+C' }, { key: 'Ctrl+C' }],
        browser: [{ key: 'Ctrl+C' }, { key: 'Alt+Shift+C' }],
      },
      when: () => front()?.terminal.terminal.hasSelection() === true && !isInField(),
      run: () => {
        const text = front()?.terminal.terminal.getSelection()
        if (text) void navigator.clipboard.writeText(text)
      },
    },
    {
      id: 'replay.copyScreen',
      title: 'Copy screen',
      group: 'Replay',
      icon: CopyIcon,
      when: () => front() !== undefined,
      run: () => {
        const text = front()?.terminal.screenText()
        if (text) void navigator.clipboard.writeText(text)
      },
    },
  ]
}

function commandNow(replay: Replay | undefined): { index: number; command: RecordedCommand } | undefined {
  if (replay === undefined) return undefined
  const { commands, position } = replay.store.getState()
  const index = focusedRow() ?? entryAt(commands, position)
  const command = commands[index]
  return command?.kind === 'command' ? { index, command } : undefined
}

function sameEverywhere(key: string): KeyBindings {
  return { mac: [{ key }], other: [{ key }] }
}

/**
 * Keys without a modifier belong to whatever has the focus: a field, the tree,
 * the tabs. A replay takes them when the focus is in it, around it or nowhere,
 * and the palette may run its commands.
 */
function keysAreTaken(): boolean {
  const focused = document.activeElement
  if (focused === null || focused === document.body || focused.closest('dialog') !== null) return false
  if (isInField()) return true
  const replay = `[${replayAttribute}]`
  return focused.closest(replay) === null && focused.querySelector(replay) === null
}

function isInField(): boolean {
  const focused = document.activeElement
  if (focused === null || focused.closest('dialog') !== null) return false
  // xterm.js has its focus in a field of its own, in which nobody types here.
  if (focused.classList.contains('xterm-helper-textarea')) return false
  return focused.matches('input:not([type=checkbox]), textarea, select, [contenteditable]')
}

function isOnButton(): boolean {
  const focused = document.activeElement
  return focused?.closest('dialog') === null && focused.matches('button, a, summary, input')
}

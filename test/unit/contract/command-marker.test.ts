import { describe, expect, test } from 'vitest'
import { CommandList, type CommandMarker, commandMarkerLabel } from '../../../src/contract/command-marker.ts'

function listOf(markers: [at: number, marker: CommandMarker][]) {
  const list = new CommandList()
  for (const [at, marker] of markers) list.add(at, commandMarkerLabel(marker))
  return list.entries
}

const begin = (text: string): CommandMarker => ({ kind: 'begin', source: 'marks', text })
const end = (milliseconds: number, exitCode?: number): CommandMarker => ({
  kind: 'end',
  milliseconds,
  ...(exitCode !== undefined && { exitCode }),
})

describe('A list of commands', () => {
  test('gives each end to the innermost command that runs', () => {
    expect(
      listOf([
        [10, begin('su -')],
        [20, { kind: 'begin', source: 'echo', text: 'id' }],
        [30, end(10)],
        [40, { kind: 'begin', source: 'echo', text: 'exit' }],
        [50, end(10)],
        [60, end(50, 3)],
        [70, begin('ls')],
      ]),
    ).toMatchObject([
      { text: 'su -', startedAt: 10, endedAt: 60, exitCode: 3, confidence: 'exact' },
      { text: 'id', startedAt: 20, endedAt: 30, confidence: 'likely' },
      { text: 'exit', startedAt: 40, endedAt: 50 },
      { text: 'ls' },
    ])
  })

  test('gives the end of what began in a pause to nobody', () => {
    const entries = listOf([
      [10, begin('tail -f log')],
      [100, { kind: 'pause' }],
      [900, { kind: 'resume' }],
      [1000, end(500, 1)],
      [1100, begin('ls')],
      [1200, end(100, 0)],
    ])
    expect(entries[0]).not.toHaveProperty('endedAt')
    expect(entries).toMatchObject([{ text: 'tail -f log' }, { kind: 'gap' }, { text: 'ls', exitCode: 0 }])
  })

  test('lets what lost its end pile up nowhere', () => {
    const markers = Array.from({ length: 20 }, (_, at): [number, CommandMarker] => [at, begin(`${at}`)])
    const ends = Array.from({ length: 20 }, (): [number, CommandMarker] => [30, end(1, 0)])
    const entries = listOf([...markers, ...ends])
    expect(entries.filter((entry) => entry.kind === 'command' && entry.endedAt !== undefined)).toHaveLength(8)
  })

  test('takes a word about unlisted ones for no command', () => {
    expect(listOf([[10, { kind: 'unlisted' }]])).toEqual([])
  })
})

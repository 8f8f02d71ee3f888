import { expect, test } from 'vitest'
import { exitText, stopCodeText, stopSummary } from '../../../src/renderer/ui/stop-words.ts'

const container = (exitCode?: number, reason?: string) => ({ exitCode, reason }) as never

test.each([
  ['exit 0', container(0)],
  ['exit 137', container(137)],
  ['out of memory', container(137, 'OutOfMemoryError: Container killed due to memory usage')],
  ['out of memory', container(undefined, 'OutOfMemoryError: container killed')],
  [undefined, container()],
])('%s', (words, ended) => {
  expect(exitText(ended)).toBe(words)
})

test('the first container that failed says why a task is over', () => {
  const task = (stopCode: string, ...containers: never[]) => ({ status: 'STOPPED', stopCode, containers })
  expect(stopSummary(task('EssentialContainerExited', container(0), container(3)))).toBe('exit 3')
  expect(stopSummary(task('EssentialContainerExited', container(137, 'OutOfMemoryError: killed')))).toBe(
    'OOM',
  )
  expect(stopSummary(task('UserInitiated', container(0)))).toBe('stopped')
  expect(stopSummary(task('TaskFailedToStart', container()))).toBe('failed to start')
  expect(stopSummary({ ...task('UserInitiated'), status: 'RUNNING' })).toBeUndefined()
})

test('a stop code that is new is shown as it is', () => {
  expect(stopCodeText('UserInitiated')).toBe('Somebody stopped it')
  expect(stopCodeText('SolarFlare')).toBe('SolarFlare')
})

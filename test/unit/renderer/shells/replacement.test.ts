import { describe, expect, it } from 'vitest'
import type { Service, Task } from '../../../../src/contract/catalog.ts'
import { replacementOf } from '../../../../src/renderer/features/shells/replacement.ts'
import { peopleWords } from '../../../../src/renderer/ui/touched-words.ts'

function task(arn: string, change: Partial<Task> = {}): Task {
  return {
    arn,
    serviceName: 'web',
    status: 'RUNNING',
    desiredStatus: 'RUNNING',
    containers: [],
    ...change,
  } as unknown as Task
}
const service = { desiredCount: 2, runningCount: 2, pendingCount: 0 } as Service
const replaced = { taskArn: 'old', serviceName: 'web' }
const before = new Set(['old', 'other'])

describe('a replacement', () => {
  it('goes from the stopping task over the starting one to a steady service', () => {
    const stopping = task('old', { status: 'DEACTIVATING', desiredStatus: 'STOPPED' })
    const begun = replacementOf([stopping, task('other')], service, replaced, before)
    expect(begun).toMatchObject({ oldStatus: 'DEACTIVATING', fresh: undefined, ready: false, steady: false })

    const starting = task('new', { status: 'PENDING' })
    const half = { ...service, runningCount: 1, pendingCount: 1 }
    const on = replacementOf([stopping, starting, task('other')], half, replaced, before)
    expect(on).toMatchObject({ fresh: { arn: 'new' }, ready: false, steady: false })

    const ready = task('new', { containers: [{ readiness: { level: 'ready' } }] as Task['containers'] })
    const end = replacementOf([ready, task('other')], service, replaced, before)
    expect(end).toMatchObject({ oldStatus: 'GONE', fresh: { arn: 'new' }, ready: true, steady: true })
  })

  it('takes no task of another service and none that was there before', () => {
    const others = [task('old'), task('x', { serviceName: 'api' }), task('other')]
    expect(replacementOf(others, service, replaced, before)).toMatchObject({
      fresh: undefined,
      steady: false,
    })
  })
})

describe('people in words', () => {
  it.each([
    [['ana'], 'ana'],
    [['ana', 'raj'], 'ana and raj'],
    [['ana', 'lena', 'raj'], 'ana, lena and raj'],
  ])('%o', (people, words) => {
    expect(peopleWords(people)).toBe(words)
  })
})

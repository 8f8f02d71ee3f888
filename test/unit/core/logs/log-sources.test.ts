import { describe, expect, it } from 'vitest'
import { longestLineCharacters, toLine } from '../../../../src/core/logs/log-events.ts'
import { sourceOf } from '../../../../src/core/logs/log-sources.ts'

const task = { taskId: 'abc', region: 'eu-west-1', runtimeIds: { web: 'docker-id' } }

describe('where a container logs', () => {
  it.each([
    [
      { 'awslogs-group': '/ecs/web', 'awslogs-stream-prefix': 'ecs' },
      { group: '/ecs/web', stream: 'ecs/web/abc', region: 'eu-west-1' },
    ],
    [
      { 'awslogs-group': '/ecs/web', 'awslogs-region': 'us-east-1', 'awslogs-stream-prefix': 'a/b' },
      { stream: 'a/b/web/abc', region: 'us-east-1' },
    ],
    // On instances the prefix may be left out.
    [{ 'awslogs-group': '/ecs/web' }, { stream: 'docker-id' }],
    [{ 'awslogs-stream-prefix': 'ecs' }, { problem: { code: 'NOT_FOUND' } }],
  ])('is known from %o', (options, expected) => {
    const configuration = { logDriver: 'awslogs' as const, options }
    expect(sourceOf({ name: 'web', logConfiguration: configuration }, task)).toMatchObject(expected)
  })

  it.each(['awsfirelens', 'splunk', 'json-file', 'syslog', 'journald'] as const)(
    'is somewhere else with %s, and the message says where without telling secrets',
    (logDriver) => {
      const options = { Name: 'datadog', apikey: 'secret-key', 'splunk-token': 'secret-token' }
      const { problem } = sourceOf({ name: 'web', logConfiguration: { logDriver, options } }, task)
      expect(problem).toMatchObject({ code: 'LOGS_ELSEWHERE', message: expect.stringContaining('web') })
      expect(problem?.action).toContain('awslogs')
      expect(JSON.stringify(problem)).not.toContain('secret')
    },
  )

  it('is nowhere without a log configuration', () => {
    expect(sourceOf({ name: 'web' }, task).problem?.message).toContain('no log configuration')
  })
})

describe('a line', () => {
  it('loses its end and nothing else', () => {
    expect(toLine(1, 5, ' \u001b[31ma\u001b[0m \r\n')).toEqual({
      source: 1,
      at: 5,
      text: ' \u001b[31ma\u001b[0m ',
    })
  })

  it('of a megabyte is cut and keeps its length', () => {
    const line = toLine(0, 1, 'x'.repeat(1_000_000))
    expect(line.text).toHaveLength(longestLineCharacters)
    expect(line.length).toBe(1_000_000)
  })
})

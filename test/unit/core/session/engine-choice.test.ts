import { describe, expect, test } from 'vitest'
import type { ErrorCode } from '../../../../src/contract/errors.ts'
import type { PluginSearch } from '../../../../src/core/plugin/find-plugin.ts'
import {
  assertEnginePossible,
  chooseEngine,
  fallbackNotice,
  isAwsStreamUrl,
} from '../../../../src/core/session/engine-choice.ts'

const supported: PluginSearch = { status: 'supported', path: '/p', version: '1.2.896.0' }
const unsupported: PluginSearch = {
  status: 'unsupported',
  path: '/p',
  version: '1.2.1.0',
  reason: 'Too old.',
}
const missing: PluginSearch = { status: 'missing', searched: ['/usr/bin'] }
const awsUrl = 'wss://ssmmessages.eu-west-1.amazonaws.com/v1/data-channel/x?role=publish_subscribe'
const localUrl = 'ws://127.0.0.1:8700/v1/data-channel/x?role=publish_subscribe'

const choose = (overrides: Partial<Parameters<typeof chooseEngine>[0]>) =>
  chooseEngine({
    choice: 'auto',
    plugin: supported,
    streamUrl: awsUrl,
    region: 'eu-west-1',
    platform: 'linux',
    ...overrides,
  })

describe('chooseEngine', () => {
  test.each([
    ['a supported plugin and AWS’s own stream', {}, 'plugin', 'built-in'],
    ['no plugin', { plugin: missing }, 'built-in', undefined],
    ['an unsupported plugin', { plugin: unsupported }, 'built-in', undefined],
    ['a stream elsewhere', { streamUrl: localUrl }, 'built-in', undefined],
    ['Windows', { platform: 'win32' as const }, 'built-in', 'plugin'],
  ])('auto with %s', (_, overrides, engine, fallback) => {
    expect(choose(overrides)).toEqual({ engine, fallback })
  })

  test('an explicit choice stands, with nothing to fall back on', () => {
    expect(choose({ choice: 'built-in' })).toEqual({ engine: 'built-in' })
    expect(choose({ choice: 'plugin', streamUrl: localUrl })).toEqual({ engine: 'plugin' })
  })
})

describe('fallbackNotice', () => {
  const error = (code: ErrorCode) => ({ code, message: 'What happened.', detail: 'Words.', retryable: true })

  test('says which engine failed, why, and which one took over', () => {
    expect(fallbackNotice('plugin', 'built-in', error('PLUGIN_FAILED'))).toMatchObject({
      code: 'PLUGIN_FAILED',
      message: 'The plugin could not open the session, so the built-in engine did.',
      detail: 'What happened. Words.',
    })
  })

  test.each<ErrorCode>(['NO_SHELL_IN_IMAGE', 'HANDSHAKE_FAILED', 'ACCESS_DENIED', 'TASK_STOPPED'])(
    'nothing after %s: another engine would meet the same, and the command may have run',
    (code) => expect(fallbackNotice('plugin', 'built-in', error(code))).toBeUndefined(),
  )
})

describe('assertEnginePossible', () => {
  test('only an explicit wish for the plugin can be impossible', () => {
    for (const plugin of [missing, unsupported]) {
      expect(() => assertEnginePossible('auto', plugin)).not.toThrow()
      expect(() => assertEnginePossible('built-in', plugin)).not.toThrow()
    }
    expect(() => assertEnginePossible('plugin', supported)).not.toThrow()
  })

  test('says which and why', () => {
    expect(() => assertEnginePossible('plugin', missing)).toThrow(
      expect.objectContaining({ value: expect.objectContaining({ code: 'PLUGIN_MISSING' }) }),
    )
    expect(() => assertEnginePossible('plugin', unsupported)).toThrow(
      expect.objectContaining({
        value: expect.objectContaining({ code: 'PLUGIN_UNSUPPORTED', detail: 'Too old.' }),
      }),
    )
  })
})

describe('isAwsStreamUrl', () => {
  test.each([
    [awsUrl, 'eu-west-1', true],
    ['wss://ssmmessages.cn-north-1.amazonaws.com.cn/v1/x', 'cn-north-1', true],
    ['wss://ssmmessages.eu-west-1.api.aws/v1/x', 'eu-west-1', true],
    ['ws://ssmmessages.eu-west-1.amazonaws.com/v1/x', 'eu-west-1', false],
    ['wss://ssmmessages.eu-west-1.amazonaws.com.evil.example/v1/x', 'eu-west-1', false],
    ['wss://amazonaws.com/v1/x', 'eu-west-1', false],
    ['wss://evilamazonaws.com/v1/x', 'eu-west-1', false],
    ['wss://user@evil.example/ssmmessages.eu-west-1.amazonaws.com', 'eu-west-1', false],
    ['nonsense', 'eu-west-1', false],
  ])('%s in %s: %s', (url, region, answer) => {
    expect(isAwsStreamUrl(url, region)).toBe(answer)
  })
})

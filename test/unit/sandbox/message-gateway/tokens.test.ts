import { expect, it } from 'vitest'
import { readOpenDataChannel } from '../../../../src/sandbox/services/message-gateway/open-data-channel.ts'
import { SessionTokens } from '../../../../src/sandbox/services/message-gateway/tokens.ts'

it('redeems each token once and for its own session only', () => {
  const tokens = new SessionTokens()
  const first = tokens.issue('one')
  const second = tokens.issue('one')
  expect(tokens.redeem('two', first)).toBe(false)
  expect(tokens.redeem('one', first)).toBe(true)
  expect(tokens.redeem('one', first)).toBe(false)
  expect(tokens.redeem('one', second)).toBe(true)
})

it('redeems nothing of a session that is over', () => {
  const tokens = new SessionTokens()
  const token = tokens.issue('one')
  tokens.revoke('one')
  expect(tokens.redeem('one', token)).toBe(false)
})

it('forgets the oldest of many unused tokens', () => {
  const tokens = new SessionTokens()
  const issued = Array.from({ length: 17 }, () => tokens.issue('one'))
  expect(issued.map((token) => tokens.redeem('one', token))).toEqual([false, ...Array(16).fill(true)])
})

it.each([
  ['{"MessageSchemaVersion":"1.0","RequestId":"r","TokenValue":"t","ClientId":"c"}', 't'],
  ['{"MessageSchemaVersion":"2.0","TokenValue":"t"}', undefined],
  ['{"MessageSchemaVersion":"1.0","TokenValue":7}', undefined],
  ['{"MessageSchemaVersion":"1.0"}', undefined],
  ['[]', undefined],
  ['null', undefined],
  ['hello', undefined],
])('reads the token of %s as %s', (text, token) => {
  expect(readOpenDataChannel(text)).toBe(token)
})

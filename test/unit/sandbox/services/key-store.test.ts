import { describe, expect, it } from 'vitest'
import { KeyStore } from '../../../../src/sandbox/services/kms/key-store.ts'

const arn = 'arn:aws:kms:eu-west-1:111122223333:key/1'
const other = 'arn:aws:kms:eu-west-1:111122223333:key/2'
const context = { 'aws:ssm:SessionId': 's', 'aws:ssm:TargetId': 't' }

describe('a data key', () => {
  const keys = new KeyStore()
  keys.add(arn, 'arn:aws:kms:eu-west-1:111122223333:alias/a')
  keys.add(other, 'arn:aws:kms:eu-west-1:111122223333:alias/b')
  const plainText = Buffer.alloc(64, 7)
  const blob = keys.encrypt(arn, plainText, context)

  it('comes back with its context, in any order', () => {
    const reordered = { 'aws:ssm:TargetId': 't', 'aws:ssm:SessionId': 's' }
    expect(keys.decrypt(arn, blob, reordered)).toEqual(plainText)
  })

  it('does not come back with another context, another key or a changed blob', () => {
    expect(keys.decrypt(arn, blob, { ...context, 'aws:ssm:TargetId': 'u' })).toBeUndefined()
    expect(keys.decrypt(other, blob, context)).toBeUndefined()
    const changed = Buffer.from(blob)
    changed[30] = (changed[30] ?? 0) ^ 1
    expect(keys.decrypt(arn, changed, context)).toBeUndefined()
    expect(keys.decrypt(arn, blob.subarray(0, 20), context)).toBeUndefined()
  })

  it('is found by alias', () => {
    expect(keys.resolve('arn:aws:kms:eu-west-1:111122223333:alias/a')).toBe(arn)
    expect(keys.resolve('arn:aws:kms:eu-west-1:111122223333:alias/c')).toBeUndefined()
  })
})

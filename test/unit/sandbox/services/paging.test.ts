import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AwsError } from '../../../../src/sandbox/services/http/aws-error.ts'
import { pageOf, sortByKey } from '../../../../src/sandbox/services/http/paging.ts'

const request = {
  limits: { default: 10, maximum: 20 },
  purpose: 'ListThings',
  invalidToken: () => new AwsError('InvalidToken', 'no'),
  invalidSize: () => new AwsError('InvalidSize', 'no'),
}
const keyOf = (item: string) => item

describe('paging', () => {
  it('gives every item once, whatever the page size', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string()), fc.integer({ min: 1, max: 20 }), (items, size) => {
        const sorted = sortByKey(items, keyOf)
        const seen: string[] = []
        let token: string | undefined
        do {
          const page = pageOf(sorted, keyOf, { ...request, size, token })
          expect(page.items.length).toBeLessThanOrEqual(size)
          seen.push(...page.items)
          token = page.nextToken
        } while (token !== undefined)
        expect(seen).toEqual(sorted)
      }),
    )
  })

  it('goes on at the right place when items vanished in between', () => {
    const first = pageOf(['a', 'b', 'c', 'd'], keyOf, { ...request, size: 2, token: undefined })
    const second = pageOf(['a', 'd', 'e'], keyOf, { ...request, size: 2, token: first.nextToken })
    expect(second.items).toEqual(['d', 'e'])
  })

  it('refuses sizes out of bounds, foreign tokens and nonsense', () => {
    expect(() => pageOf(['a'], keyOf, { ...request, size: 0, token: undefined })).toThrow(AwsError)
    expect(() => pageOf(['a'], keyOf, { ...request, size: 21, token: undefined })).toThrow(AwsError)
    const { nextToken } = pageOf(['a', 'b'], keyOf, { ...request, size: 1, token: undefined })
    expect(() => pageOf(['a'], keyOf, { ...request, purpose: 'Other', size: 1, token: nextToken })).toThrow(
      AwsError,
    )
    expect(() => pageOf(['a'], keyOf, { ...request, size: 1, token: 'bogus' })).toThrow(AwsError)
  })
})

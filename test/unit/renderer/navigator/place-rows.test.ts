import { describe, expect, it } from 'vitest'
import { below, placeStep } from '../../../../src/renderer/features/navigator/place-rows.ts'

describe('the arrows among favourites and recent places', () => {
  const ids = ['place a', 'place b', 'place c']

  it.each([
    ['place a', 'ArrowDown', 'place b'],
    ['place c', 'ArrowDown', below],
    ['place b', 'ArrowUp', 'place a'],
    ['place a', 'ArrowUp', 'place a'],
    ['place c', 'Home', 'place a'],
    ['place a', 'End', below],
    ['place a', 'ArrowRight', undefined],
    ['a row of the tree', 'ArrowDown', undefined],
  ])('from %s %s leads to %s', (from, key, to) => {
    expect(placeStep(ids, from, key)).toBe(to)
  })
})

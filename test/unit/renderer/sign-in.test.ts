import decodeQr from 'qr/decode.js'
import { describe, expect, test } from 'vitest'
import type { Identity } from '../../../src/contract/identity.ts'
import { drawQr } from '../../../src/renderer/features/sign-in/draw-qr.ts'
import {
  identitiesWith,
  identityRegion,
  identityWords,
  startHint,
  startWords,
} from '../../../src/renderer/features/sign-in/identity-words.ts'
import { regionOfStartUrl, startUrlProblem } from '../../../src/renderer/features/sign-in/start-url.ts'

/** Pixels per module: a reader wants more than one. */
const scale = 4

/** The path as a camera would have it: dark and light pixels. */
function picture({ size, path }: { size: number; path: string }) {
  const width = size * scale
  const data = new Uint8Array(width * width * 4).fill(255)
  for (const [, x, y] of path.matchAll(/M(\d+) (\d+)h1v1h-1z/g))
    for (let row = 0; row < scale; row++)
      for (let column = 0; column < scale; column++) {
        const at = ((Number(y) * scale + row) * width + Number(x) * scale + column) * 4
        data.fill(0, at, at + 3)
      }
  return { width, height: width, data }
}

test('the QR code says exactly the address of the page', () => {
  const address = 'https://device.sso.eu-west-1.amazonaws.com/?user_code=PCTQ-SGXX'
  expect(decodeQr(picture(drawQr(address)))).toBe(address)
})

describe('Start URLs', () => {
  test.each([
    ['https://ssoins-1.portal.eu-west-1.app.aws', 'eu-west-1'],
    ['https://d-1.us-gov-west-1.portal.amazonaws.com/start', 'us-gov-west-1'],
    ['https://d-1.cn-north-1.portal.amazonaws.com.cn', 'cn-north-1'],
    ['https://corp.awsapps.com/start', undefined],
    ['https://portal.eu-west-1.app.aws.evil.example', undefined],
    ['', undefined],
  ])('%s names the region %s', (startUrl, region) => {
    expect(regionOfStartUrl(startUrl)).toBe(region)
  })

  test('must be web addresses, encrypted unless they are on this computer', () => {
    expect(startUrlProblem('corp')).toContain('not an address')
    expect(startUrlProblem('http://corp.awsapps.com/start')).toContain('https://')
    expect(startUrlProblem(' http://127.0.0.1:8700/start ')).toBeUndefined()
  })
})

describe('What identities are called', () => {
  const identity = (change: Partial<Identity>): Identity => ({
    id: 'profile:dev',
    kind: 'access-keys',
    name: 'dev',
    region: 'eu-west-1',
    state: 'signed-out',
    ...change,
  })

  test('Identity Center has its start URL, everything else what it is', () => {
    const center = identity({ kind: 'identity-center', startUrl: 'https://x', ssoRegion: 'us-east-1' })
    expect([identityWords(center), identityRegion(center), startWords(center), startHint(center)]).toEqual([
      'https://x',
      'us-east-1',
      'Sign in to dev',
      'Opens your browser',
    ])
    const keys = identity({})
    expect([identityWords(keys), identityRegion(keys), startWords(keys)]).toEqual([
      'Profile with access keys, no sign-in needed',
      'eu-west-1',
      'Use dev',
    ])
    expect(startWords(undefined)).toBe('Sign in')
  })

  test('what the click will bring about is said before it', () => {
    expect(startHint(identity({ kind: 'assumed-role', needsMfa: true }))).toContain('MFA')
    expect(startHint(identity({ kind: 'process' }))).toContain('program')
    expect(startHint(identity({}))).toContain('Opens nothing')
  })
})

test('many sign-ins are found by any words of theirs, in any order', () => {
  const named = (name: string, region: string): Identity => ({
    id: `profile:${name}`,
    kind: 'access-keys',
    name,
    region,
    state: 'signed-in',
  })
  const all = [named('Prod-Admin', 'eu-west-1'), named('prod-read', 'us-east-1'), named('dev', 'eu-west-1')]
  const names = (filter: string) => identitiesWith(all, filter).map(({ name }) => name)
  expect(names('')).toEqual(['Prod-Admin', 'prod-read', 'dev'])
  expect(names('eu prod')).toEqual(['Prod-Admin'])
  expect(names(' access keys ')).toHaveLength(3)
  expect(names('staging')).toEqual([])
})

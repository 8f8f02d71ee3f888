import { describe, expect, it } from 'vitest'
import { externalAddress } from '../../../src/main/external-address.ts'
import { isOurAddress } from '../../../src/main/our-address.ts'

describe('an address that may leave the app', () => {
  it.each([
    'https://device.sso.eu-west-1.amazonaws.com/?user_code=ABCD-EFGH',
    'http://127.0.0.1:8700/authorize?x=1',
    'http://localhost:8080/',
    'http://[::1]:9000/',
  ])('is one of the web, in the clear only to this computer: %s', (text) => {
    expect(externalAddress(text)).toBe(new URL(text).href)
  })

  it.each([
    'http://example.com/',
    'http://127.0.0.1.example.com/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'data:text/html,x',
    'smb://server/share',
    'ms-msdt:/id',
    'porthole://task/1',
    'vscode://file/x',
    'https://user:secret@example.com/',
    'https://',
    '//example.com',
    '',
  ])('is nothing else: %j', (text) => {
    expect(externalAddress(text)).toBeUndefined()
  })
})

describe('our own address', () => {
  it('is the page and what lies under it', () => {
    expect(isOurAddress('porthole-app://app/')).toBe(true)
    expect(isOurAddress('porthole-app://app/assets/x.js')).toBe(true)
    expect(isOurAddress('porthole-app://app')).toBe(true)
  })

  it.each([
    'porthole-app://app.evil.example/',
    'porthole-app://apple/',
    'porthole-app://app@evil.example/',
    'https://app/',
    'about:blank',
    'file:///porthole-app://app/',
  ])('is not %s', (url) => {
    expect(isOurAddress(url)).toBe(false)
  })
})

import { describe, expect, it } from 'vitest'
import { localWebAddress, webAddress } from '../../../src/renderer/ui/web-page.ts'

describe('webAddress', () => {
  it('takes pages of the web', () => {
    expect(webAddress('https://example.com')).toBe('https://example.com/')
    expect(webAddress('http://10.0.0.1:8080/status')).toBe('http://10.0.0.1:8080/status')
  })

  it('takes nothing else', () => {
    for (const text of [
      'javascript:alert(1)',
      'file:///etc/passwd',
      'data:text/html,x',
      'ms-settings:',
      'nginx',
      '',
    ])
      expect(webAddress(text), text).toBeUndefined()
  })
})

describe('localWebAddress', () => {
  it('takes what this computer serves', () => {
    for (const text of [
      'http://127.0.0.1:8080/',
      'http://127.9.9.9:80/',
      'http://localhost:8080/',
      'http://[::1]:8080/',
    ])
      expect(localWebAddress(text), text).toBeDefined()
  })

  it('takes no other host, however it is dressed up', () => {
    for (const text of [
      'http://10.0.0.1:8080/',
      'https://127.0.0.1.example.com/',
      'http://127.0.0.1@example.com/',
      'https://localhost.example.com/',
      'javascript://127.0.0.1/%0aalert(1)',
    ])
      expect(localWebAddress(text), text).toBeUndefined()
  })
})

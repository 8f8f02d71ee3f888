import { request } from 'node:http'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type CallbackListener, listenForCallback } from '../../../src/core/sign-in/callback-listener.ts'

const state = 'b9f1a4de-0000-4000-8000-000000000000'
const never = new AbortController().signal
let listener: CallbackListener

beforeEach(async () => {
  listener = await listenForCallback(state)
})
afterEach(() => listener[Symbol.asyncDispose]())

const at = (query: string) => `${listener.redirectUri}?${query}`

/** `fetch` chooses the Host header itself. */
function statusFor(options: { method?: string; path?: string; host?: string }): Promise<number | undefined> {
  const { port, pathname } = new URL(listener.redirectUri)
  return new Promise((resolve, reject) => {
    const path = options.path ?? `${pathname}?code=c&state=${state}`
    const headers = options.host ? { host: options.host } : {}
    request({ host: '127.0.0.1', port, path, method: options.method ?? 'GET', headers }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
      .once('error', reject)
      .end()
  })
}

describe('Callback listener', () => {
  test('listens on 127.0.0.1 only, before anybody is told where', () => {
    expect(listener.redirectUri).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/oauth\/callback$/)
  })

  test('hands over the code, and the browser waits for how it ended', async () => {
    const page = fetch(at(`code=abc&state=${state}`))
    const callback = await listener.callback(never)
    expect(callback.result).toEqual({ code: 'abc' })
    await callback.answer('signed-in')
    const response = await page
    expect(response.status).toBe(200)
    const html = await response.text()
    expect(html).toContain('Signed in to Porthole')
    expect(html).toContain('prefers-color-scheme: dark')
    expect(html).not.toMatch(/https?:|<script|@import/)
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect((await fetch(at(`code=again&state=${state}`))).status).toBe(404)
  })

  test('hands over a refusal', async () => {
    const page = fetch(at(`error=access_denied&error_description=No%20way&state=${state}`))
    const callback = await listener.callback(never)
    expect(callback.result).toEqual({ error: 'access_denied', description: 'No way' })
    await callback.answer('denied')
    expect((await page).status).toBe(403)
  })

  test.each(['', 'state=', 'state=b9f1a4de', `state=${state}x`, 'state=%00'])(
    'a wrong state (%j) gets a page, reveals nothing and does not end the sign-in',
    async (wrong) => {
      const stranger = await fetch(at(`code=evil%3Cscript%3E&${wrong}`))
      expect(stranger.status).toBe(400)
      const html = await stranger.text()
      expect(html).toContain('Not the sign-in that Porthole started')
      expect(html).not.toContain('evil')
      const page = fetch(at(`code=good&state=${state}`))
      const callback = await listener.callback(never)
      expect(callback.result).toEqual({ code: 'good' })
      await callback.answer('failed')
      expect((await page).status).toBe(502)
    },
  )

  test('answers nothing but GET /oauth/callback under its own name', async () => {
    expect(await statusFor({ method: 'POST' })).toBe(404)
    expect(await statusFor({ path: `/?code=c&state=${state}` })).toBe(404)
    expect(await statusFor({ path: `/oauth/callback/x?code=c&state=${state}` })).toBe(404)
    expect(await statusFor({ host: 'evil.example.com' })).toBe(404)
    expect(await statusFor({ path: `/oauth/callback?state=${state}` })).toBe(404)
  })

  test('ends when it is called off, also when the browser never comes', async () => {
    const abort = new AbortController()
    const waiting = listener.callback(abort.signal)
    const reason = new Error('called off')
    abort.abort(reason)
    await expect(waiting).rejects.toBe(reason)
    await expect(listener.callback(abort.signal)).rejects.toBe(reason)
  })

  test('closes with a browser still waiting', async () => {
    const page = fetch(at(`code=abc&state=${state}`))
    const outcome = expect(page).rejects.toThrow('fetch failed')
    await listener.callback(never)
    const other = await listenForCallback(state)
    await other[Symbol.asyncDispose]()
    await listener[Symbol.asyncDispose]()
    await outcome
    listener = await listenForCallback(state)
  })
})

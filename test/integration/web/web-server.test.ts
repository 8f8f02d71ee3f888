import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import type { Channel } from '../../../src/channel/channel.ts'
import { startWebServer, type WebServer } from '../../../src/web/web-server.ts'

const files = new Map([
  ['/', { content: Buffer.from('<p>page</p>'), type: 'text/html; charset=utf-8', immutable: false }],
  [
    '/assets/app-1a2b.js',
    { content: Buffer.from('run()'), type: 'text/javascript; charset=utf-8', immutable: true },
  ],
])

/** As a session can be called that somebody else named. */
const hostileName = 'ña "x"\r\nSet-Cookie: a=b;.zip'

/** One export waits; it lies in a folder of its own. */
const exportFile = join(mkdtempSync(join(tmpdir(), 'porthole-web-')), 'porthole-audit-1.zip')
const waiting = new Set<string>()
const downloads = {
  take: (id: string) => (waiting.delete(id) ? { file: exportFile, name: hostileName } : undefined),
}

let server: WebServer
const connections: string[] = []

beforeEach(async () => {
  connections.length = 0
  const echo = (name: string) => (channel: Channel) => {
    connections.push(`${name} opened`)
    channel.onMessage((message) => channel.post(message))
    return { [Symbol.dispose]: () => void connections.push(`${name} closed`) }
  }
  server = await startWebServer({
    port: 0,
    files,
    downloads,
    connectRpc: echo('rpc'),
    connectBytes: echo('bytes'),
  })
})
afterEach(() => server[Symbol.asyncDispose]())
afterAll(() => rmSync(dirname(exportFile), { recursive: true }))

interface Answer {
  status: number
  headers: IncomingHttpHeaders
  body: string
}

/** Without a library between us and the wire: the headers are the point. */
function get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port: server.port, path, method, headers, agent: false })
    request.on('error', reject)
    request.on('response', (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString(),
        }),
      )
    })
    request.end()
  })
}

async function letIn(): Promise<string> {
  const link = new URL(server.createLink())
  const { headers } = await get(link.pathname + link.search)
  return headers['set-cookie']?.[0]?.split(';')[0] ?? ''
}

/** Resolves with the socket, or with the HTTP status of the refusal. */
function openSocket(path: string, headers: Record<string, string>): Promise<WebSocket | number> {
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}${path}`, { headers })
  return new Promise((resolve) => {
    socket.on('open', () => resolve(socket))
    socket.on('unexpected-response', (_request, response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    socket.on('error', () => {})
  })
}

const ownOrigin = () => `http://127.0.0.1:${server.port}`

describe('letting a browser in', () => {
  it('swaps the token for a strict cookie and a clean address', async () => {
    const link = new URL(server.createLink())
    const answer = await get(link.pathname + link.search)
    expect(answer.status).toBe(302)
    expect(answer.headers.location).toBe('/')
    expect(answer.headers['set-cookie']?.[0]).toMatch(
      /^porthole-\d+=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/,
    )
    const page = await get('/', { cookie: answer.headers['set-cookie']?.[0]?.split(';')[0] ?? '' })
    expect(page).toMatchObject({ status: 200, body: '<p>page</p>' })
  })

  it('lets a link be used once, and the same browser again by its cookie', async () => {
    const link = new URL(server.createLink())
    const first = await get(link.pathname + link.search)
    const second = await get(link.pathname + link.search)
    expect(second).toMatchObject({ status: 403 })
    expect(second.body).toContain('This link was used')
    const cookie = first.headers['set-cookie']?.[0]?.split(';')[0] ?? ''
    expect(await get(link.pathname + link.search, { cookie })).toMatchObject({ status: 302 })
  })

  it.each([
    ['no cookie', {}],
    ['an empty cookie', { cookie: '' }],
    ['a guessed cookie', { cookie: `porthole-1=${'A'.repeat(43)}` }],
  ])('gives nothing away with %s', async (_name, headers) => {
    for (const path of ['/', '/assets/app-1a2b.js', '/absent', '/?token=guess'])
      expect((await get(path, headers)).status).toBe(403)
  })

  it('answers only to its exact host', async () => {
    const cookie = await letIn()
    for (const host of [
      'localhost',
      `localhost:${server.port}`,
      'evil.example',
      `127.0.0.1:${server.port}.evil.example`,
    ])
      expect((await get('/', { cookie, host })).status).toBe(421)
  })

  it('serves known files only, whatever the path', async () => {
    const cookie = await letIn()
    for (const path of [
      '/../package.json',
      '/%2e%2e/package.json',
      '/assets/',
      '//etc/passwd',
      '/assets/app-1a2b.js/..',
    ])
      expect([403, 404]).toContain((await get(path, { cookie })).status)
    expect((await get('/', { cookie }, 'POST')).status).toBe(405)
    expect((await get('/assets/app-1a2b.js', { cookie })).headers['cache-control']).toContain('immutable')
  })

  it('sends its security headers with every answer', async () => {
    const cookie = await letIn()
    for (const answer of [await get('/'), await get('/', { cookie }), await get('/absent', { cookie })]) {
      expect(answer.headers['content-security-policy']).toContain("default-src 'none'")
      expect(answer.headers['content-security-policy']).not.toContain('unsafe-eval')
      expect(answer.headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
      })
      expect(answer.headers['access-control-allow-origin']).toBeUndefined()
    }
  })
})

describe('sockets', () => {
  it('carry messages and end with the browser', async () => {
    const socket = await openSocket('/rpc', { cookie: await letIn(), origin: ownOrigin() })
    if (!(socket instanceof WebSocket)) return expect.unreachable(`refused with ${socket}`)
    const echoed = new Promise((resolve) => socket.on('message', (data) => resolve(String(data))))
    socket.send('hello')
    expect(await echoed).toBe('hello')
    socket.close()
    await expect.poll(() => connections).toEqual(['rpc opened', 'rpc closed'])
  })

  it.each([
    ['a foreign origin', (cookie: string) => ({ cookie, origin: 'https://evil.example' }), 403],
    ['no origin', (cookie: string) => ({ cookie }), 403],
    ['another port as origin', (cookie: string) => ({ cookie, origin: 'http://127.0.0.1:1' }), 403],
    ['no cookie', () => ({ origin: ownOrigin() }), 403],
    ['a wrong host', (cookie: string) => ({ cookie, origin: ownOrigin(), host: 'evil.example' }), 403],
  ])('are refused with %s', async (_name, headers, status) => {
    expect(await openSocket('/rpc', headers(await letIn()))).toBe(status)
    expect(connections).toEqual([])
  })

  it('are refused on unknown paths', async () => {
    expect(await openSocket('/other', { cookie: await letIn(), origin: ownOrigin() })).toBe(404)
    expect(await openSocket('/constructor', { cookie: await letIn(), origin: ownOrigin() })).toBe(404)
  })

  it('are closed when a message is too large', async () => {
    const socket = await openSocket('/bytes', { cookie: await letIn(), origin: ownOrigin() })
    if (!(socket instanceof WebSocket)) return expect.unreachable(`refused with ${socket}`)
    const closed = new Promise((resolve) => socket.on('close', resolve))
    socket.send(new Uint8Array(2 * 1024 * 1024))
    expect(await closed).toBe(1009)
    await expect.poll(() => connections).toEqual(['bytes opened', 'bytes closed'])
  })
})

describe('an export', () => {
  it('is given once, to whom the cookie speaks for, and is gone then', async () => {
    writeFileSync(exportFile, 'an archive')
    waiting.add('porthole-audit-1.zip')
    const path = '/exports/porthole-audit-1.zip'
    expect((await get(path)).status).toBe(403)
    expect((await get(path, { host: 'evil.example', cookie: await letIn() })).status).toBe(421)
    const answer = await get(path, { cookie: await letIn() })
    expect(answer).toMatchObject({
      status: 200,
      body: 'an archive',
      headers: {
        'content-disposition': `attachment; filename="_a__x___Set-Cookie__a_b_.zip"; filename*=UTF-8''%C3%B1a%20%22x%22%0D%0ASet-Cookie%3A%20a%3Db%3B.zip`,
        'cache-control': 'no-store',
      },
    })
    await expect.poll(() => existsSync(exportFile)).toBe(false)
    expect((await get(path, { cookie: await letIn() })).status).toBe(404)
  })
})

describe('starting', () => {
  it('says which port is in use and what to do', async () => {
    await expect(
      startWebServer({
        port: server.port,
        files,
        downloads,
        connectRpc: () => ({ [Symbol.dispose]() {} }),
        connectBytes: () => ({ [Symbol.dispose]() {} }),
      }),
    ).rejects.toMatchObject({
      value: { code: 'PORT_IN_USE', message: `Port ${server.port} is in use by another program.` },
    })
  })
})

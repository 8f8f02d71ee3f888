import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { loadConfiguration } from '../../../../resources/sandbox/images/nginx/rootfs/usr/lib/nginx/configuration.ts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'porthole-nginx-'))
})

afterEach(() => rm(folder, { recursive: true, force: true }))

async function load(text: string) {
  const file = join(folder, 'nginx.conf')
  await writeFile(file, text)
  return loadConfiguration(file)
}

test('servers, locations, error pages and included files are read', async () => {
  await writeFile(
    join(folder, 'site.conf'),
    `server { listen 127.0.0.1:8080; root /pages; index a.html b.html; error_page 500 502 /50x.html;
      location = /healthz { access_log off; return 200 "ok\\n"; } # a comment; with { marks }
      location /files/ { root '/other'; } }`,
  )
  const [server] = await load(`events { } http { include ${folder}/*.conf2; include ${folder}/site.*f; }`)
  expect(server).toMatchObject({ port: 8080, root: '/pages', index: ['a.html', 'b.html'] })
  expect(server?.errorPages.get(502)).toBe('/50x.html')
  expect(server?.locations).toMatchObject([
    { exact: true, path: '/healthz', accessLog: false, answer: { status: 200, body: 'ok\n' } },
    { exact: false, path: '/files/', root: '/other', accessLog: true },
  ])
})

test.each([
  ['http { server { listn 80; } }', 'unknown directive "listn"', 1],
  ['http {\n server {\n listen 80\n }\n}', 'unexpected "}"', 4],
  ['http { server { listen 80; ', 'unexpected end of file, expecting "}"', 1],
  ['http { } }', 'unexpected "}"', 1],
  ['server { }', '"server" directive is not allowed here', 1],
  ['http { server; }', 'directive "server" has no opening "{"', 1],
  ['user nginx { }', 'directive "user" is not terminated by ";"', 1],
  ['http { server { listen 99999; } }', 'invalid port in "99999" of the "listen" directive', 1],
])('%j is refused in the words of nginx', async (text, message, line) => {
  await expect(load(text)).rejects.toThrow(`${message} in ${join(folder, 'nginx.conf')}:${line}`)
})

test('a file that is not there is named', () => {
  expect(() => loadConfiguration('/nowhere.conf')).toThrow(
    'open() "/nowhere.conf" failed (2: No such file or directory)',
  )
})

import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RunningContainer } from '../../../src/sandbox/containers/container-runtime.ts'
import { containerSpec, createNamespaceRuntime, freePort, imagesFolder, run, script } from './containers.ts'

let runtime: Awaited<ReturnType<typeof createNamespaceRuntime>>
let container: RunningContainer
let address: string
let port: number
const log: string[] = []
const environment = { TASK_ID: '4f1c9ad2', SERVICE_NAME: 'storefront', CLUSTER_NAME: 'example-prod' }

function nginx(): Promise<RunningContainer> {
  return runtime.start(containerSpec({ image: 'nginx', port, environment, onLog: (line) => log.push(line) }))
}

async function page(path = '/'): Promise<{ status: number; text: string }> {
  const response = await fetch(address + path, { redirect: 'manual' })
  return { status: response.status, text: await response.text() }
}

beforeAll(async () => {
  runtime = await createNamespaceRuntime()
  port = await freePort()
  address = `http://127.0.0.1:${port}`
  container = await nginx()
})

afterAll(() => runtime[Symbol.asyncDispose]())

test('the page is served as soon as the container has started, and names its task', async () => {
  const { status, text } = await page()
  expect(status).toBe(200)
  expect(text).toContain('<dd>4f1c9ad2</dd>')
  expect(text).toContain('<dd>storefront</dd>')
  expect(text).not.toContain('${')
})

test('a changed page shows at the next request', async () => {
  await script(container, 'sed -i "s/It works/Hello from the shell/" /usr/share/nginx/html/index.html')
  expect((await page()).text).toContain('Hello from the shell')
})

test('a link in the folder of the pages leads to files of the container only', async () => {
  const links = [
    '/etc/passwd',
    '/proc/1/root/etc/passwd',
    '/proc/self/root/etc/passwd',
    '../../../../../../etc/passwd',
  ]
  const inside = (await run(container, 'cat /etc/passwd')).output
  for (const [index, target] of links.entries()) {
    await run(container, `ln -s ${target} /usr/share/nginx/html/link${index}`)
    expect((await page(`/link${index}`)).text, target).toBe(inside)
  }
  await run(container, 'ln -s / /usr/share/nginx/html/everything')
  expect((await page(`/everything${process.execPath}`)).status).toBe(404)
  expect((await page('/everything/etc/shadow')).status).toBe(404)
  const outside = await readFile('/etc/passwd', 'utf8')
  expect(inside).not.toBe(outside)
})

test.each([
  ['/nothing', 404],
  ['/..%2f..%2fetc/passwd', 404],
  ['/%', 400],
  ['/healthz', 200],
])('%s is answered with %i', async (path, status) => {
  expect((await page(path)).status).toBe(status)
})

test('access lines are in the log file and in the log of the container, in the combined format', async () => {
  await fetch(`${address}/50x.html`, {
    headers: { 'User-Agent': 'a "quoted" agent', Referer: 'http://here/' },
  })
  const line = String.raw`127\.0\.0\.1 - - \[\d\d/\w{3}/\d{4}:\d\d:\d\d:\d\d \+0000\] "GET /50x\.html HTTP/1\.1" 200 \d+ "http://here/" "a \\x22quoted\\x22 agent"`
  const { output } = await run(container, 'tail -n 1 /var/log/nginx/access.log')
  expect(output).toMatch(new RegExp(`^${line}\\s*$`))
  expect(log.some((entry) => new RegExp(`^${line}$`).test(entry))).toBe(true)
  expect(log.some((entry) => entry.includes('/healthz'))).toBe(false)
})

test('the page can be asked for from inside, and a reload that leaves the port and comes back is followed', async () => {
  const configuration = '/etc/nginx/conf.d/default.conf'
  const ask = (asked: number) =>
    script(
      container,
      `bash -c 'exec 3<>/dev/tcp/127.0.0.1/${asked}; printf "GET /healthz HTTP/1.0\\r\\n\\r\\n" >&3; cat <&3'`,
    )
  const listenOn = async (wanted: number) => {
    const before = log.length
    await script(
      container,
      `sed -i -E 's/127.0.0.1:[0-9]+/127.0.0.1:${wanted}/' ${configuration}; nginx -s reload`,
    )
    while (!log.slice(before).some((line) => line.includes('reconfigured'))) await script(container, 'true')
  }
  expect((await ask(port)).output).toContain('ok\n')
  await listenOn(9090)
  expect((await ask(9090)).output).toContain('ok\n')
  await expect(page('/healthz')).rejects.toThrow()
  await listenOn(port)
  expect((await page('/healthz')).text).toBe('ok\n')
})

test('nginx has its command line: -v, -t, -s', async () => {
  expect((await run(container, 'nginx -v')).output).toBe('nginx version: nginx/1.27.3\n')
  expect((await run(container, 'nginx -t')).output).toBe(
    'nginx: the configuration file /etc/nginx/nginx.conf syntax is ok\n' +
      'nginx: configuration file /etc/nginx/nginx.conf test is successful\n',
  )
  expect(await run(container, 'nginx -s relod')).toMatchObject({
    output: 'nginx: invalid option: "-s relod"\n',
    code: 1,
  })
  expect((await run(container, 'ps -C nginx -o args=')).output).toBe(
    'nginx: master process nginx -g daemon off;\n',
  )
})

test('a reload takes a new configuration, and keeps the old one when the new has a mistake', async () => {
  const configuration = '/etc/nginx/conf.d/default.conf'
  const reload = async () => {
    const before = log.length
    expect((await run(container, 'nginx -s reload')).output).toMatch(
      /\[notice\] \d+#\d+: signal process started\n$/,
    )
    while (!log.slice(before).some((line) => /reconfigured|\[emerg\]/.test(line))) await page('/healthz')
  }
  await run(container, `sed -i s/ok/fine/ ${configuration}`)
  expect((await page('/healthz')).text).toBe('ok\n')
  await reload()
  expect((await page('/healthz')).text).toBe('fine\n')
  await run(container, `sed -i 's/return 200/retur 200/' ${configuration}`)
  expect(await run(container, 'nginx -t')).toMatchObject({
    output: expect.stringContaining(`unknown directive "retur" in ${configuration}:9`),
    code: 1,
  })
  await reload()
  expect((await page('/healthz')).text).toBe('fine\n')
})

test('the replacement of a container has the page of the image again', async () => {
  await container.stop()
  await expect(page()).rejects.toThrow()
  container = await nginx()
  const { text } = await page()
  expect(text).toContain('It works')
  expect(text).not.toContain('Hello from the shell')
})

test('a port that is taken is named', async () => {
  await expect(nginx()).rejects.toThrow(`address already in use 127.0.0.1:${port}`)
})

test('an image that does not exist is named, with the ones there are', async () => {
  await expect(runtime.start(containerSpec({ image: 'nope' }))).rejects.toThrow(
    'There is no sandbox image "nope". There are: api, app, log-router, nginx, tools, worker',
  )
  expect(imagesFolder).toBeTruthy()
})

test.each(['api', 'app', 'log-router', 'worker'])('%s runs and logs', async (image) => {
  const firstLine = Promise.withResolvers<string>()
  const service = await runtime.start(containerSpec({ image, onLog: firstLine.resolve }))
  // Lines of JSON bring no time.
  expect(await firstLine.promise).toMatch(/^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ .|\{"level":"info")/)
  expect((await run(service, 'ps -ef')).output).toContain(`/usr/local/bin/${image}`)
  await service.stop()
})

test('a container ends when its main process does', async () => {
  const service = await runtime.start(containerSpec({ image: 'worker' }))
  // A container is there a moment before its program is; the brackets keep the pattern from meaning this shell.
  await script(
    service,
    "for i in $(seq 200); do pkill -f '[/]usr/local/bin/worker' && break; sleep 0.05; done",
  )
  await service.exited
})

import { expect, test } from 'vitest'
import { SimulatedRuntime } from '../../../src/sandbox/containers/simulated/simulated-runtime.ts'
import { containerSpec, freePort, imagesFolder, run } from './containers.ts'

test('a simulated container serves its page from its files in memory', async () => {
  await using runtime = new SimulatedRuntime({ imagesFolder, now: Date.now })
  const port = await freePort()
  const log: string[] = []
  const spec = containerSpec({
    image: 'nginx',
    port,
    environment: { TASK_ID: '4f1c9ad2' },
    onLog: (line) => log.push(line),
  })
  const container = await runtime.start(spec)
  const page = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).text()
  expect(await page('/')).toContain('<dd>4f1c9ad2</dd>')
  await run(container, `sh -c 'echo changed > /usr/share/nginx/html/index.html'`)
  expect(await page('/')).toBe('changed\n')
  expect(await page('/..%2f..%2fetc/passwd')).toContain('404')
  expect(log).toEqual([
    expect.stringContaining('"GET / HTTP/1.1" 200'),
    expect.stringContaining('"GET / HTTP/1.1" 200 8'),
    expect.stringContaining('404'),
  ])
  await container.stop()
  await expect(page('/')).rejects.toThrow()
})

test('a port that is taken is refused', async () => {
  await using runtime = new SimulatedRuntime({ imagesFolder, now: Date.now })
  const port = await freePort()
  await runtime.start(containerSpec({ image: 'nginx', port }))
  await expect(runtime.start(containerSpec({ image: 'nginx', port }))).rejects.toThrow('EADDRINUSE')
})

import type { LogLine, LogSpikes } from '../../contract/logs.ts'
import type { MethodHandlers } from '../../contract/methods.ts'

const lineEverySeconds = 8
const lines = [
  [0, '200 GET /api/products?page=1 38 ms'],
  [1, 'WARN retry in 5 s order=9c40 attempt=3'],
  [0, '200 POST /api/cart 61 ms'],
  [1, 'ERROR checkout failed: payment provider did not answer in 30 s order=9c40 attempt=2'],
  [0, '502 POST /api/cart/checkout 30.0 s upstream=127.0.0.1:3000'],
  [1, '{"level":"info","msg":"checkout complete","order":"9c41","provider_ms":36120}'],
] as const

/** A quarter of an hour of two containers' logs, and nothing after. */
export function fixtureLogs(
  now: number,
): Pick<MethodHandlers, Extract<keyof MethodHandlers, `logs.${string}`>> {
  const given = new Set<string>()
  const opened = async () => ({
    id: crypto.randomUUID(),
    sources: ['nginx', 'app'].map((container) => ({
      container,
      driver: 'awslogs',
      group: '/ecs/storefront',
      stream: `ecs/${container}/1`,
      region: 'eu-west-1',
    })),
  })
  return {
    'logs.open': opened,
    'logs.older': async ({ id }) => {
      const all = given.has(id) ? [] : history(now)
      given.add(id)
      return { lines: all, problems: [], complete: true, askedAt: now }
    },
    'logs.newer': () => new Promise(() => {}),
    'logs.whole': async () => ({ text: '' }),
    'logs.openSpikes': opened,
    'logs.spikes': async () => spikes(now),
    'logs.close': async () => ({}),
  }
}

function history(now: number): LogLine[] {
  return Array.from({ length: 110 }, (_, index) => {
    const [source, text] = lines[index % lines.length] ?? lines[0]
    return { source, at: now - (110 - index) * lineEverySeconds * 1000, text }
  })
}

const hour = 3_600_000

/** Some errors all along, and one evening on which the payment provider did not answer. */
function spikes(now: number): LogSpikes {
  const at = Math.floor(now / hour) * hour - 20 * hour
  const usual = Array.from({ length: 12 }, (_, index) => ({ at: at - (24 - 4 * index) * hour, errors: 1 }))
  return {
    bucketMilliseconds: hour,
    buckets: [...usual, { at: at + hour, errors: 37 }].sort((left, right) => left.at - right.at),
    spikes: [
      {
        from: at + hour,
        to: at + 2 * hour,
        peak: at + hour + 300_000,
        errors: 37,
        containers: [{ source: 0, errors: 37, usual: 0 }],
      },
    ],
    reads: [0, 1].map((source) => ({ source, from: now - 60 * hour })),
    calls: 8,
    state: 'complete',
  }
}

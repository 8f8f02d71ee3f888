import type { LogLine } from '../../contract/logs.ts'
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
  return {
    'logs.open': async () => ({
      id: crypto.randomUUID(),
      sources: ['nginx', 'app'].map((container) => ({
        container,
        driver: 'awslogs',
        group: '/ecs/storefront',
        stream: `ecs/${container}/1`,
        region: 'eu-west-1',
      })),
    }),
    'logs.older': async ({ id }) => {
      const all = given.has(id) ? [] : history(now)
      given.add(id)
      return { lines: all, problems: [], complete: true, askedAt: now }
    },
    'logs.newer': () => new Promise(() => {}),
    'logs.whole': async () => ({ text: '' }),
    'logs.close': async () => ({}),
  }
}

function history(now: number): LogLine[] {
  return Array.from({ length: 110 }, (_, index) => {
    const [source, text] = lines[index % lines.length] ?? lines[0]
    return { source, at: now - (110 - index) * lineEverySeconds * 1000, text }
  })
}

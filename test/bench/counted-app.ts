import type { BenchApp } from './bench-app.ts'
import { startBenchApp, startLocalAws } from './bench-app.ts'
import type { BenchContext } from './bench-result.ts'
import { type CountingProxy, startCountingProxy } from './counting-proxy.ts'

export interface CountedApp extends AsyncDisposable {
  readonly app: BenchApp
  /** Between the app and the local AWS: counts what the app asks for. */
  readonly proxy: CountingProxy
}

/** The product in front of a large local AWS whose calls are counted. */
export async function startCountedApp(
  context: BenchContext,
  world: { tasks?: number; accounts?: number },
): Promise<CountedApp> {
  await using started = new AsyncDisposableStack()
  const aws = started.use(await startLocalAws(world))
  const proxy = started.use(await startCountingProxy(aws.ready.endpoint))
  const app = started.use(await startBenchApp(context, { aws, endpoint: proxy.endpoint }))
  const running = started.move()
  return { app, proxy, [Symbol.asyncDispose]: () => running.disposeAsync() }
}

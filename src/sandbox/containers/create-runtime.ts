import { join } from 'node:path'
import type { ContainerRuntime } from './container-runtime.ts'
import { ensureContainerTools } from './container-tools.ts'
import { NamespaceRuntime } from './namespace-runtime.ts'
import { SimulatedRuntime } from './simulated/simulated-runtime.ts'

export interface ContainerRuntimeOptions {
  /** resources/sandbox/images. */
  imagesFolder: string
  /** A folder of the sandbox's own. Nothing that lasts is written anywhere else. */
  workFolder: string
  /** Where the parts of containers that do not change are kept between runs. Default: in `workFolder`. */
  cacheFolder?: string
  log: (line: string) => void
  now?: () => number
}

/**
 * Real containers where this system really can have them, which is found out by
 * starting one; simulated ones elsewhere, with the reason in the log.
 */
export async function createContainerRuntime(options: ContainerRuntimeOptions): Promise<ContainerRuntime> {
  const { imagesFolder, workFolder, log, now = Date.now } = options
  const cacheFolder = options.cacheFolder ?? join(workFolder, 'cache')
  try {
    return await createNamespaceRuntime({ imagesFolder, cacheFolder, log, now })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    log(`Containers are simulated on this system: ${reason}`)
    return new SimulatedRuntime({ imagesFolder, now })
  }
}

async function createNamespaceRuntime(options: {
  imagesFolder: string
  cacheFolder: string
  log: (line: string) => void
  now: () => number
}): Promise<ContainerRuntime> {
  if (process.platform !== 'linux') throw new Error('namespaces are a feature of Linux')
  const tools = await ensureContainerTools(options)
  if (tools.missing.length > 0) options.log(tools.summary)
  const runtime = await NamespaceRuntime.create({ ...options, busybox: tools.busybox })
  await proveItWorks(runtime)
  return runtime
}

/** @throws {Error} when a container cannot be started, or a program cannot run in it */
async function proveItWorks(runtime: ContainerRuntime): Promise<void> {
  const spec = { id: 'probe', hostname: 'probe', image: 'tools', environment: {}, onLog: () => {} }
  const container = await runtime.start(spec)
  try {
    const shell = await container.exec('/bin/sh -c "exit 42"', { cols: 80, rows: 24 })
    const code = await new Promise<number>((resolve) => shell.onExit((exit) => resolve(exit.code)))
    if (code !== 42) throw new Error(`a shell in a container ended with ${code} instead of 42`)
  } finally {
    await container.stop()
  }
}

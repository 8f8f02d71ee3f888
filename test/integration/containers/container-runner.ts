/** A process of its own that runs a container, for a test that kills it. Prints the container's pid namespace. */
import { cacheFolder, containerSpec, createNamespaceRuntime, script } from './containers.ts'

const runtime = await createNamespaceRuntime()
const container = await runtime.start(containerSpec({ image: 'worker' }))
const { output } = await script(
  container,
  'nohup sleep 1000 >/dev/null 2>&1 </dev/null & setsid sleep 1000 & readlink /proc/self/ns/pid',
)
await container.exec('/bin/bash', { cols: 80, rows: 24 })
console.log(JSON.stringify({ namespace: output.trim(), cacheFolder }))

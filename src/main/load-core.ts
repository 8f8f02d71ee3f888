/**
 * The heavy parts of the core, one after the other. Loaded in one go they would
 * keep main from its windows for longer than a person overlooks.
 */
const parts = [
  () => import('../core/network/network.ts'),
  () => import('../core/aws/clients.ts'),
  () => import('../core/sign-in/sign-in-service.ts'),
  () => import('../core/plugin/plugin-service.ts'),
  () => import('../core/session/session-service.ts'),
]

/** Loads the core in parts; what came in meanwhile has its turn between them. */
export async function loadCore(): Promise<typeof import('./desktop-core.ts')> {
  for (const load of parts) {
    await load()
    await new Promise((resolve) => setImmediate(resolve))
  }
  return import('./desktop-core.ts')
}

import { createRoot } from 'react-dom/client'
import type { HostInfo } from '../../contract/host.ts'
import { App } from './app.tsx'
import { BootScreen } from './boot-screen.tsx'
import { composeServices } from './compose.ts'
import type { CoreLink } from './core/core-link.ts'
import { createQueryClient } from './core/queries.ts'
import type { Services } from './services.ts'
import { applyTheme, rememberedTheme } from './theme/scheme.ts'

/** Draws the page: first a quiet frame, then, as soon as the host has said what it is, the app. */
export async function startPage(core: CoreLink): Promise<Services> {
  applyTheme(rememberedTheme())
  const element = document.getElementById('root')
  if (element === null) throw new Error('The page has no #root')
  const root = createRoot(element)
  root.render(<BootScreen core={core} />)

  const host = await hostInfo(core)
  const { services } = composeServices(core, host, createQueryClient())
  // Without StrictMode: mounted twice, as in development, dockview loses the tabs that it was given.
  root.render(<App services={services} />)
  return services
}

/** Asks on every connection until there is an answer; without it nothing can be drawn. */
function hostInfo(core: CoreLink): Promise<HostInfo> {
  return new Promise((resolve) => {
    const asking = core.onConnected(async () => {
      const result = await core.call('host.info', {})
      if (!result.ok) return
      asking[Symbol.dispose]()
      resolve(result.value)
    })
  })
}

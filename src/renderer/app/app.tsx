import '@mantine/core/styles/default-css-variables.layer.css'
import '@mantine/core/styles/UnstyledButton.layer.css'
import '@mantine/core/styles/Popover.layer.css'
import '@mantine/core/styles/Menu.layer.css'
import { MantineProvider } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { ContextMenuProvider } from '../ui/context-menu.tsx'
import { loadedOnDemand } from '../ui/loaded-on-demand.tsx'
import { ToastProvider } from '../ui/toast.tsx'
import { Dialogs } from './dialogs.tsx'
import { type Services, ServicesProvider, useServiceStore } from './services.ts'
import { hasWorkspace } from './stores/identities-store.ts'
import { mantineTheme, mantineVariables } from './theme/mantine-theme.ts'
import { applyTheme, onSystemSchemeChange, type Scheme } from './theme/scheme.ts'

const SignIn = loadedOnDemand(() => import('../features/sign-in/sign-in.tsx'))
const Shell = loadedOnDemand(() => import('./shell/shell.tsx'))

export function App({ services }: { services: Services }) {
  return (
    <ServicesProvider value={services}>
      <QueryClientProvider client={services.queryClient}>
        <Themed />
      </QueryClientProvider>
    </ServicesProvider>
  )
}

function Themed() {
  const scheme = useScheme()
  return (
    <MantineProvider theme={mantineTheme} cssVariablesResolver={mantineVariables} forceColorScheme={scheme}>
      <ToastProvider>
        <ContextMenuProvider>
          <Screen />
          <Dialogs />
        </ContextMenuProvider>
      </ToastProvider>
    </MantineProvider>
  )
}

/** First run or workspace. The workspace stays mounted under a later sign-in, with its shells. */
function Screen() {
  const known = useServiceStore('identities', (state) => state.identities !== undefined)
  const working = useServiceStore('identities', hasWorkspace)
  const signingInAgain = useServiceStore('interface', (state) => state.dialog?.kind === 'sign-in')
  if (!known) return null
  return (
    <>
      {working && <Shell />}
      {(!working || signingInAgain) && <SignIn overWorkspace={working} />}
    </>
  )
}

/** The scheme in force: the person's choice, else the system's. */
function useScheme(): Scheme {
  const known = useServiceStore('settings', (state) => state.known)
  const choice = useServiceStore('settings', (state) => state.settings.theme)
  const [scheme, setScheme] = useState<Scheme>(() =>
    document.documentElement.dataset.theme === 'dark' ? 'dark' : 'light',
  )
  useEffect(() => {
    if (!known) return
    setScheme(applyTheme(choice))
    const following = onSystemSchemeChange(() => setScheme(applyTheme(choice)))
    return () => following[Symbol.dispose]()
  }, [known, choice])
  return scheme
}

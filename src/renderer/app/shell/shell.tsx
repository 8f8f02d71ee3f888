import type { CSSProperties } from 'react'
import Navigator from '../../features/navigator/navigator.tsx'
import { loadedOnDemand } from '../../ui/loaded-on-demand.tsx'
import { useKeyboard } from '../commands/use-keyboard.ts'
import { useAccountWatch } from '../core/use-account-watch.ts'
import { useServiceStore } from '../services.ts'
import { useNativeMenu } from '../window/use-native-menu.ts'
import { Banners } from './banners.tsx'
import { NavigatorSash } from './navigator-sash.tsx'
import styles from './shell.module.css'
import { StatusBar } from './status-bar.tsx'
import { TitleBar } from './title-bar.tsx'
import { useNavigatorWidth } from './use-navigator-width.ts'

// The layout library is a third of the page's code and not needed to draw the frame.
const DocumentsArea = loadedOnDemand(() => import('../../features/documents/documents-area.tsx'))
/** The window: title bar, navigator, documents, status bar. */
export default function Shell() {
  useKeyboard()
  useNativeMenu()
  useAccountWatch()
  const shown = useServiceStore('interface', (state) => state.navigatorShown)
  const width = useNavigatorWidth()

  return (
    <div className={styles.window} style={{ '--w-nav': `${width}px` } as CSSProperties}>
      <TitleBar />
      <div className={shown ? styles.main : styles.mainAlone}>
        {shown && <Navigator />}
        {shown && <NavigatorSash />}
        <main className={styles.work}>
          <Banners />
          <DocumentsArea />
        </main>
      </div>
      <StatusBar />
    </div>
  )
}

import 'dockview-react/dist/styles/dockview.css'
import './dockview-theme.css'
import {
  type DockviewApi,
  DockviewReact,
  type DockviewReadyEvent,
  type DockviewTheme,
  type IDockviewPanelProps,
} from 'dockview-react'
import { type ReactNode, useCallback, useEffect, useRef } from 'react'
import type { Document } from '../../app/documents/document.ts'
import { keyboardAttribute } from '../../app/documents/workspace.ts'
import { useDocuments, useServices } from '../../app/services.ts'
import { createStage, keyboardPlace } from './dockview-stage.ts'
import { DocumentProblem } from './document-problem.tsx'
import { DocumentTab } from './document-tab.tsx'
import { preloadViews, viewOf } from './document-views.ts'
import styles from './documents.module.css'
import { GroupActions, NewTabButton } from './group-actions.tsx'
import { restoreLayout, saveLayoutOnChange } from './layout-memory.ts'
import { Welcome } from './welcome.tsx'

const theme: DockviewTheme = {
  name: 'porthole',
  className: 'porthole-documents',
  gap: 0,
  dndTabIndicator: 'line',
  tabGroupIndicator: 'none',
}

const components = { document: DocumentPanel }

/** The centre of the window: every document is a tab, tabs live in groups, groups split freely. */
export default function DocumentsArea() {
  const { workspace } = useServices()
  const attached = useRef<Disposable | undefined>(undefined)

  const ready = useCallback(
    ({ api }: DockviewReadyEvent) => {
      restoreLayout(api, workspace)
      attached.current = connect(api, workspace)
    },
    [workspace],
  )
  useEffect(() => () => attached.current?.[Symbol.dispose](), [])
  useEffect(preloadViews, [])

  return (
    <DockviewReact
      className={styles.area}
      theme={theme}
      components={components}
      defaultTabComponent={DocumentTab}
      leftHeaderActionsComponent={NewTabButton}
      rightHeaderActionsComponent={GroupActions}
      watermarkComponent={Welcome}
      onReady={ready}
      disableFloatingGroups
      announcements={false}
    />
  )
}

function connect(api: DockviewApi, workspace: ReturnType<typeof useServices>['workspace']): Disposable {
  const subscriptions = [
    api.onDidActivePanelChange(() => workspace.reported.activated(api.activePanel?.id)),
    api.onDidRemovePanel((panel) => workspace.reported.removed(panel.id)),
  ]
  const memory = saveLayoutOnChange(api, workspace)
  const stage = workspace.attachStage(createStage(api))
  return {
    [Symbol.dispose]() {
      stage[Symbol.dispose]()
      memory[Symbol.dispose]()
      for (const subscription of subscriptions) subscription.dispose()
    },
  }
}

/** One panel of the layout: looks up its document and draws it with the view of its kind. */
function DocumentPanel({ api }: IDockviewPanelProps) {
  const document = useDocuments((state) => state.documents[api.id])
  if (document === undefined) return null
  const { view: View } = viewOf(document)
  return (
    <Reachable document={document}>
      <DocumentProblem key={document.id}>
        <View document={document} />
      </DocumentProblem>
    </Reachable>
  )
}

/** Takes the keyboard when its document comes to the front; a terminal takes it by itself. */
function Reachable({ document, children }: { document: Document; children: ReactNode }) {
  const element = useRef<HTMLDivElement>(null)
  const inFront = useDocuments(({ activeId }) => activeId === document.id)
  const isTerminal = document.kind === 'terminal'
  useEffect(() => {
    if (!inFront || isTerminal) return
    const place = keyboardPlace(element.current) ?? element.current
    place?.focus({ preventScroll: true })
  }, [inFront, isTerminal])
  return (
    <div
      ref={element}
      className={styles.document}
      tabIndex={-1}
      {...(isTerminal ? {} : { [keyboardAttribute]: '' })}
    >
      {children}
    </div>
  )
}

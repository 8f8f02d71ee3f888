import type { DockviewApi, SerializedDockview } from 'dockview-react'
import { z } from 'zod'
import { type Document, documentSchema } from '../../app/documents/document.ts'
import type { Workspace } from '../../app/documents/workspace.ts'

/** In the session's storage: it lives as long as the window, which is as long as its shells can. */
const storageKey = 'porthole.layout'

const savedSchema = z.object({
  documents: z.record(z.string(), documentSchema),
  layout: z.custom<SerializedDockview>((value) => typeof value === 'object' && value !== null),
})

/** Brings the tabs back after a reload. Anything that does not fit is forgotten: an empty stage beats a broken one. */
export function restoreLayout(api: DockviewApi, workspace: Workspace): void {
  const text = sessionStorage.getItem(storageKey)
  if (text === null) return
  const before = workspace.store.getState()
  try {
    const { documents, layout } = savedSchema.parse(JSON.parse(text))
    if (Object.keys(layout.panels).some((id) => documents[id] === undefined))
      throw new Error('The saved layout names a document that was not saved')
    workspace.store.setState({ ...before, documents: { ...documents, ...before.documents } }, true)
    api.fromJSON(layout)
    workspace.reported.activated(api.activePanel?.id)
  } catch {
    sessionStorage.removeItem(storageKey)
    api.clear()
    // A document without a tab would be gone to instead of opened.
    workspace.store.setState(before, true)
  }
}

export function saveLayoutOnChange(api: DockviewApi, workspace: Workspace): Disposable {
  const save = () => {
    const layout = api.toJSON()
    const { documents } = workspace.store.getState()
    const shown: Record<string, Document> = {}
    for (const id of Object.keys(layout.panels)) {
      const document = documents[id]
      if (document !== undefined) shown[id] = document
    }
    sessionStorage.setItem(storageKey, JSON.stringify({ documents: shown, layout }))
  }
  const layoutChanges = api.onDidLayoutChange(save)
  const unsubscribe = workspace.store.subscribe((state, before) => {
    if (state.documents !== before.documents) save()
  })
  return {
    [Symbol.dispose]() {
      layoutChanges.dispose()
      unsubscribe()
    },
  }
}

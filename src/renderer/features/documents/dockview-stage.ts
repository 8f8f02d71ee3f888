import type { DockviewApi } from 'dockview-react'
import type { Document } from '../../app/documents/document.ts'
import { keyboardAttribute, type SplitDirection, type Stage } from '../../app/documents/workspace.ts'
import { viewOf } from './document-views.ts'

const sideOf: Record<SplitDirection, 'right' | 'below'> = { right: 'right', down: 'below' }

/** The workspace's stage on dockview: a panel per document, under the document's id. */
export function createStage(api: DockviewApi): Stage {
  const splitBeside = (split: SplitDirection | undefined) =>
    split === undefined || api.activePanel === undefined
      ? {}
      : ({ position: { referencePanel: api.activePanel, direction: sideOf[split] } } as const)
  const focus = () => keyboardPlace(api.activePanel?.view.content.element)?.focus()

  return {
    show(document, split) {
      api.addPanel({
        id: document.id,
        component: 'document',
        title: panelTitle(document),
        ...splitBeside(split),
      })
    },
    activate(id) {
      api.getPanel(id)?.api.setActive()
      // A document that was in front already hears nothing of this; and the dialog that asked is still closing.
      queueMicrotask(focus)
    },
    remove: (id) => api.getPanel(id)?.api.close(),
    activateNext: () => api.activateNext({ includePanel: true }),
    activatePrevious: () => api.activatePrevious({ includePanel: true }),
    activateNth(position) {
      const panels = api.activeGroup?.panels ?? []
      const panel = position === 9 ? panels.at(-1) : panels[position - 1]
      panel?.api.setActive()
    },
    moveToSplit(id, split) {
      const panel = api.getPanel(id)
      if (panel === undefined || panel.group.panels.length < 2) return
      const group = api.addGroup({ referenceGroup: panel.group, direction: sideOf[split] })
      panel.api.moveTo({ group })
      // An element that moves loses the keyboard.
      focus()
    },
    focus,
  }
}

/** What takes the keyboard in a document: a field of its own where it names one, else the document. */
export function keyboardPlace(within: Element | null | undefined): HTMLElement | undefined {
  return [...(within?.querySelectorAll<HTMLElement>(`[${keyboardAttribute}]`) ?? [])].at(-1)
}

/** What assistive technology reads for the tab. */
function panelTitle(document: Document): string {
  const { name, context } = viewOf(document).title(document)
  return context === undefined ? name : `${name}, ${context}`
}

import type { Document, DocumentOf } from './document.ts'
import {
  createDocumentsStore,
  type DocumentsStore,
  withActive,
  withChange,
  withDocument,
  withoutDocument,
  withStep,
} from './documents-store.ts'

export type SplitDirection = 'right' | 'down'

/** Marks the element of a document that takes the keyboard when the document does. */
export const keyboardAttribute = 'data-keyboard'

/**
 * Where tabs are shown. The layout library stands behind this; the workspace
 * says what should be on screen, the stage answers with what people did to it.
 */
export interface Stage {
  show(document: Document, split?: SplitDirection): void
  activate(id: string): void
  remove(id: string): void
  activateNext(): void
  activatePrevious(): void
  /** The nth tab of the focused group, from 1; 9 is the last one, as in browsers. */
  activateNth(position: number): void
  moveToSplit(id: string, split: SplitDirection): void
  /** Puts the keyboard into the front document, if there is one. */
  focus(): void
}

/** The open documents and what can be done with them. */
export interface Workspace {
  readonly store: DocumentsStore
  /** Opens a document, or goes to it when it is open. */
  open(document: Document, split?: SplitDirection): void
  activate(id: string): void
  /** Steps through the documents in the order they were in front. */
  step(direction: 'back' | 'forward'): void
  close(id: string): void
  update<Kind extends Document['kind']>(
    id: string,
    kind: Kind,
    change: Partial<Omit<DocumentOf<Kind>, 'id' | 'kind'>>,
  ): void
  /** After a document left, by whatever way. */
  onClosed(listener: (document: Document) => void): Disposable
  /** The stage, once it is on screen. Documents opened before wait for it. */
  readonly stage: Stage | undefined
  /** Connects a stage that has mounted; dispose when it leaves. */
  attachStage(stage: Stage): Disposable
  /** The stage reports what happened on it. */
  readonly reported: {
    activated(id: string | undefined): void
    removed(id: string): void
  }
}

export function createWorkspace(store: DocumentsStore = createDocumentsStore()): Workspace {
  const closedListeners = new Set<(document: Document) => void>()
  let stage: Stage | undefined
  const waiting: { document: Document; split: SplitDirection | undefined }[] = []

  const forget = (id: string) => {
    const document = store.getState().documents[id]
    if (document === undefined) return
    store.setState((state) => withoutDocument(state, id), true)
    for (const listener of [...closedListeners]) listener(document)
  }

  return {
    store,
    get stage() {
      return stage
    },
    open(document, split) {
      const known = store.getState().documents[document.id] !== undefined
      if (known && stage !== undefined) return stage.activate(document.id)
      if (!known) store.setState((state) => withDocument(state, document), true)
      if (stage !== undefined) stage.show(document, split)
      else waiting.push({ document, split })
      store.setState((state) => withActive(state, document.id), true)
    },
    activate: (id) => stage?.activate(id),
    step(direction) {
      store.setState((state) => withStep(state, direction), true)
      const { activeId } = store.getState()
      if (activeId !== undefined) stage?.activate(activeId)
    },
    close(id) {
      stage?.remove(id)
      forget(id)
    },
    update: (id, kind, change) => store.setState((state) => withChange(state, id, kind, change), true),
    onClosed(listener) {
      closedListeners.add(listener)
      return { [Symbol.dispose]: () => void closedListeners.delete(listener) }
    },
    attachStage(next) {
      stage = next
      for (const { document, split } of waiting.splice(0)) next.show(document, split)
      return {
        [Symbol.dispose]() {
          if (stage === next) stage = undefined
        },
      }
    },
    reported: {
      activated: (id) => store.setState((state) => withActive(state, id), true),
      removed: forget,
    },
  }
}

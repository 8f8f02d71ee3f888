import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Document, DocumentOf } from './document.ts'

export interface DocumentsState {
  readonly documents: Readonly<Record<string, Document>>
  /** The document in front in the focused group. */
  readonly activeId: string | undefined
  /** Documents in the order they were last in front, latest first; the first is the active one. */
  readonly visited: readonly string[]
  /** The way back and forth, as in a browser: nearest last. */
  readonly past: readonly string[]
  readonly future: readonly string[]
}

export const noDocuments: DocumentsState = {
  documents: {},
  activeId: undefined,
  visited: [],
  past: [],
  future: [],
}

/** Further back than anyone steps. */
const longestWay = 50

export function withDocument(state: DocumentsState, document: Document): DocumentsState {
  return { ...state, documents: { ...state.documents, [document.id]: document } }
}

export function withoutDocument(state: DocumentsState, id: string): DocumentsState {
  if (!(id in state.documents)) return state
  const { [id]: _, ...documents } = state.documents
  const others = (ids: readonly string[]) => ids.filter((other) => other !== id)
  const visited = others(state.visited)
  return {
    documents,
    visited,
    past: others(state.past),
    future: others(state.future),
    activeId: state.activeId === id ? visited[0] : state.activeId,
  }
}

export function withActive(state: DocumentsState, id: string | undefined): DocumentsState {
  if (id === state.activeId) return state
  if (id === undefined) return { ...state, activeId: undefined }
  return {
    ...inFront(state, id),
    past: state.activeId === undefined ? state.past : [...state.past, state.activeId].slice(-longestWay),
    future: [],
  }
}

function inFront(state: DocumentsState, id: string): DocumentsState {
  return { ...state, activeId: id, visited: [id, ...state.visited.filter((other) => other !== id)] }
}

/** One step back or forth on the way through the documents; the same state at its end. */
export function withStep(state: DocumentsState, direction: 'back' | 'forward'): DocumentsState {
  const [from, to] = direction === 'back' ? (['past', 'future'] as const) : (['future', 'past'] as const)
  const target = state[from].at(-1)
  if (target === undefined) return state
  const left = state.activeId === undefined ? state[to] : [...state[to], state.activeId]
  return { ...inFront(state, target), [from]: state[from].slice(0, -1), [to]: left }
}

/** A change to a document that is open; closed ones stay closed, whatever arrives late. */
export function withChange<Kind extends Document['kind']>(
  state: DocumentsState,
  id: string,
  kind: Kind,
  change: Partial<Omit<DocumentOf<Kind>, 'id' | 'kind'>>,
): DocumentsState {
  const document = state.documents[id]
  if (document === undefined || document.kind !== kind) return state
  return withDocument(state, { ...document, ...change } as Document)
}

/** The open terminal that shows this container, the one used last first. */
export function findTerminal(
  state: DocumentsState,
  taskArn: string,
  containerName: string,
): DocumentOf<'terminal'> | undefined {
  const order = [...state.visited, ...Object.keys(state.documents)]
  for (const id of order) {
    const document = state.documents[id]
    if (document?.kind !== 'terminal') continue
    if (document.container.taskArn === taskArn && document.container.containerName === containerName)
      return document
  }
  return undefined
}

export type DocumentsStore = StoreApi<DocumentsState>

export function createDocumentsStore(): DocumentsStore {
  return createStore<DocumentsState>(() => noDocuments)
}

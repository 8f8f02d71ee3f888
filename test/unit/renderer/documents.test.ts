import { describe, expect, it } from 'vitest'
import {
  type Document,
  documentSchema,
  replayDocument,
  taskDocument,
  taskOf,
  taskRefOf,
  terminalDocument,
} from '../../../src/renderer/app/documents/document.ts'
import {
  type DocumentsState,
  findTerminal,
  noDocuments,
  withActive,
  withChange,
  withDocument,
  withoutDocument,
  withStep,
} from '../../../src/renderer/app/documents/documents-store.ts'
import { createWorkspace, type Stage } from '../../../src/renderer/app/documents/workspace.ts'
import { accounts, clusters, containerRef } from '../../../src/renderer/preview/fixture-world.ts'

const web = clusters(0)[0]
if (web === undefined) throw new Error('The world has no first cluster')
const nginx = containerRef(accounts.production, web, 0, 'nginx')
const otherNginx = containerRef(accounts.production, web, 1, 'nginx')

const shell = (id: string, container = nginx) => terminalDocument({ container, command: 'sh' }, () => id)
const session = '00000000-0000-4000-8000-000000000001'

/** Opens documents one after the other, the last one in front. */
function opened(...documents: Document[]): DocumentsState {
  return documents.reduce(
    (state, document) => withActive(withDocument(state, document), document.id),
    noDocuments,
  )
}

describe('documents', () => {
  it('are plain data that survives a reload', () => {
    const replay = replayDocument({ sessionId: session, container: nginx, userName: 'ana', startedAt: 1 })
    for (const document of [shell('1'), taskDocument(taskRefOf(nginx)), replay])
      expect(documentSchema.parse(JSON.parse(JSON.stringify(document)))).toEqual(document)
  })

  it('open a task once and every shell anew', () => {
    expect(taskDocument(taskRefOf(nginx)).id).toBe(
      taskDocument(taskRefOf({ ...nginx, containerName: 'app' })).id,
    )
    expect(shell('1').id).not.toBe(shell('2').id)
  })

  it('know their task', () => {
    expect(taskOf(shell('1'))).toEqual(taskRefOf(nginx))
    expect(taskOf({ kind: 'welcome', id: 'welcome' })).toBeUndefined()
    expect(taskOf(undefined)).toBeUndefined()
  })
})

describe('documents state', () => {
  it('goes to the one used before when the front one is closed', () => {
    const state = withoutDocument(opened(shell('a'), shell('b'), shell('c')), 'terminal:c')
    expect(state.activeId).toBe('terminal:b')
    expect(Object.keys(state.documents)).toEqual(['terminal:a', 'terminal:b'])
  })

  it('steps back and forth as a browser does', () => {
    let state = opened(shell('a'), shell('b'), shell('c'))
    state = withStep(withStep(state, 'back'), 'back')
    expect(state.activeId).toBe('terminal:a')
    state = withStep(state, 'forward')
    expect(state.activeId).toBe('terminal:b')
    expect(state.future).toEqual(['terminal:c'])
    // Going elsewhere ends the way forward.
    expect(withActive(state, 'terminal:a').future).toEqual([])
  })

  it('stays where it is at the end of the way, and never steps to a closed document', () => {
    const state = opened(shell('a'))
    expect(withStep(state, 'back')).toBe(state)
    const closed = withoutDocument(opened(shell('a'), shell('b'), shell('c')), 'terminal:b')
    expect(withStep(closed, 'back').activeId).toBe('terminal:a')
  })

  it('changes open documents of the right kind only', () => {
    const state = opened(shell('a'))
    const changed = withChange(state, 'terminal:a', 'terminal', { sessionId: session })
    expect(changed.documents['terminal:a']).toMatchObject({ sessionId: session })
    expect(withChange(state, 'terminal:gone', 'terminal', { sessionId: session })).toBe(state)
    expect(withChange(state, 'terminal:a', 'task', {})).toBe(state)
  })

  it('finds the shell of a container, the one used last first', () => {
    const state = opened(shell('a'), shell('b', otherNginx), shell('c'), shell('d', otherNginx))
    expect(findTerminal(state, nginx.taskArn, 'nginx')?.id).toBe('terminal:c')
    expect(findTerminal(state, nginx.taskArn, 'app')).toBeUndefined()
  })
})

/** A stage that only notes what it is told. */
function notingStage(): { stage: Stage; told: string[] } {
  const told: string[] = []
  const note = (what: string) => (id?: unknown) =>
    void told.push(id === undefined ? what : `${what} ${String(id)}`)
  return {
    told,
    stage: {
      show: (document, split) => void told.push(`show ${document.id}${split ? ` ${split}` : ''}`),
      activate: note('activate'),
      remove: note('remove'),
      activateNext: note('next'),
      activatePrevious: note('previous'),
      activateNth: note('nth'),
      moveToSplit: note('split'),
      focus: note('focus'),
    },
  }
}

describe('createWorkspace', () => {
  it('keeps what was opened before the stage is on screen', () => {
    const workspace = createWorkspace()
    workspace.open(shell('a'))
    workspace.open(shell('b'), 'right')
    const { stage, told } = notingStage()
    workspace.attachStage(stage)
    expect(told).toEqual(['show terminal:a', 'show terminal:b right'])
  })

  it('goes to a document that is open instead of opening it again', () => {
    const workspace = createWorkspace()
    const { stage, told } = notingStage()
    workspace.attachStage(stage)
    workspace.open(taskDocument(taskRefOf(nginx)))
    workspace.open(taskDocument(taskRefOf(nginx)))
    expect(told).toEqual([`show task:${nginx.taskArn}`, `activate task:${nginx.taskArn}`])
  })

  it('tells of a closed document once, however it was closed', () => {
    const workspace = createWorkspace()
    const closed: string[] = []
    workspace.onClosed(({ id }) => closed.push(id))
    const { stage } = notingStage()
    // The layout reports a removal back, as dockview does.
    workspace.attachStage({ ...stage, remove: (id) => workspace.reported.removed(id) })
    workspace.open(shell('a'))
    workspace.open(shell('b'))
    workspace.close('terminal:a')
    workspace.reported.removed('terminal:b')
    workspace.reported.removed('terminal:b')
    expect(closed).toEqual(['terminal:a', 'terminal:b'])
  })

  it('lets go of a stage that has left', () => {
    const workspace = createWorkspace()
    const { stage, told } = notingStage()
    workspace.attachStage(stage)[Symbol.dispose]()
    workspace.open(shell('a'))
    expect(told).toEqual([])
    expect(workspace.stage).toBeUndefined()
  })
})

import { describe, expect, test } from 'vitest'
import { createWorkspace } from '../../../src/renderer/app/documents/workspace.ts'
import { createIdentitiesStore, withIdentities } from '../../../src/renderer/app/stores/identities-store.ts'
import { createInterfaceStore } from '../../../src/renderer/app/stores/interface-store.ts'
import { openDroppedRecordings } from '../../../src/renderer/features/recording-file/drop-recordings.ts'

/** A window, and what is dropped on it. */
function openWindow({ signedIn = true, dialog = false } = {}) {
  const identities = createIdentitiesStore()
  if (signedIn)
    identities.setState((state) =>
      withIdentities(state, {
        identities: [{ id: 'sso:corp', kind: 'identity-center', name: 'corp', state: 'signed-in' }],
        problems: [],
      }),
    )
  const interfaceStore = createInterfaceStore()
  if (dialog) interfaceStore.setState({ dialog: { kind: 'settings' } })
  const workspace = createWorkspace()
  const target = new EventTarget()
  const told: unknown[] = []
  const services = { identities, interface: interfaceStore, workspace }
  const dropping = openDroppedRecordings(services, target, ({ title }) => told.push(title))
  const send = (type: 'dragover' | 'drop', types: string[], names: string[] = []) => {
    const dataTransfer = { types, files: names.map((name) => new File(['x'], name)), dropEffect: 'unset' }
    const event = Object.assign(new Event(type, { cancelable: true }), { dataTransfer })
    target.dispatchEvent(event)
    return { prevented: event.defaultPrevented, effect: dataTransfer.dropEffect }
  }
  const opened = () =>
    Object.values(workspace.store.getState().documents).map((each) =>
      'name' in each ? each.name : each.kind,
    )
  return { send, opened, told, dropping }
}

describe('a drop on the window', () => {
  test('opens each recording in a tab of its own', () => {
    const { send, opened, told } = openWindow()
    expect(send('dragover', ['Files'])).toEqual({ prevented: true, effect: 'copy' })
    expect(send('drop', ['Files'], ['a.cast', 'notes.txt', 'B.CAST']).prevented).toBe(true)
    expect(opened()).toEqual(['a.cast', 'B.CAST'])
    expect(told).toEqual([])
  })

  test('of other files is told, and leads nowhere', () => {
    const { send, opened, told } = openWindow()
    expect(send('drop', ['Files'], ['page.html']).prevented).toBe(true)
    expect(opened()).toEqual([])
    expect(told).toEqual(['Only recordings can be dropped here'])
  })

  test.each([{ signedIn: false }, { dialog: true }])('comes to nothing: %o', (state) => {
    const { send, opened } = openWindow(state)
    expect(send('dragover', ['Files'])).toEqual({ prevented: true, effect: 'none' })
    expect(send('drop', ['Files'], ['a.cast']).prevented).toBe(true)
    expect(opened()).toEqual([])
  })

  test('of a tab or of text is left to whom it concerns', () => {
    const { send } = openWindow()
    expect(send('dragover', ['text/plain'])).toEqual({ prevented: false, effect: 'unset' })
    expect(send('drop', ['text/plain']).prevented).toBe(false)
  })

  test('is heard no more after the end', () => {
    const { send, dropping } = openWindow()
    dropping[Symbol.dispose]()
    expect(send('drop', ['Files'], ['a.cast']).prevented).toBe(false)
  })
})

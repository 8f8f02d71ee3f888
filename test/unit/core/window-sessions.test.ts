import { describe, expect, it } from 'vitest'
import type { Session } from '../../../src/contract/session.ts'
import { createPageInBrowser } from '../../../src/core/window-host.ts'
import { WindowSessions } from '../../../src/core/window-sessions.ts'

const session = (id: string, state: Session['state'] = 'ready') => ({ id, state }) as Session

describe('the sessions of a window', () => {
  it('are the ones opened in it that have not ended, and go with it', async () => {
    const all = [session('mine'), session('ended', 'ended'), session('other')]
    const closed: string[] = []
    const sessions = new WindowSessions({
      list: () => all,
      close: async (id) => {
        closed.push(id)
        if (id === 'mine') throw new Error('it ended meanwhile')
      },
    })
    const window = createPageInBrowser()
    const otherWindow = createPageInBrowser()
    for (const id of ['mine', 'ended']) sessions.opened(window, session(id))
    sessions.opened(otherWindow, session('other'))
    expect(sessions.liveIn(window).map(({ id }) => id)).toEqual(['mine'])
    await sessions.closeAll(window)
    expect(closed).toEqual(['mine'])
    expect(sessions.liveIn(createPageInBrowser())).toEqual([])
  })
})

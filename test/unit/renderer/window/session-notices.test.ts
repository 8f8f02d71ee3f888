import { describe, expect, it } from 'vitest'
import type { Session } from '../../../../src/contract/session.ts'
import { noticeSchema } from '../../../../src/contract/window.ts'
import type { Services } from '../../../../src/renderer/app/services.ts'
import { createSessionsStore } from '../../../../src/renderer/app/stores/sessions-store.ts'
import { noticeSessionEnds } from '../../../../src/renderer/app/window/session-notices.ts'
import * as world from '../../../../src/renderer/preview/fixture-world.ts'

const now = 1_800_000_000_000
const live = world.sessions(world.clusters(now), now).find(({ state }) => state === 'ready')
if (live === undefined) throw new Error('the fixture world has no live session')

function watchEnds(options: { notices?: boolean; hidden?: boolean } = {}) {
  const { notices = true, hidden = true } = options
  const told: unknown[] = []
  const sessions = createSessionsStore()
  const core = { call: async (_: string, notice: unknown) => void told.push(notice) }
  const host = { abilities: { notices } }
  noticeSessionEnds({ core, host, sessions } as unknown as Services, () => hidden)
  const become = (session: Session) => sessions.setState({ sessions: { [session.id]: session } })
  become(live as Session)
  return {
    told,
    end: (change: Partial<Session>) => become({ ...(live as Session), state: 'ended', ...change }),
  }
}

describe('a session that ends while nobody looks', () => {
  it('is told outside the window, once', () => {
    const { told, end } = watchEnds()
    end({ endReason: 'lost' })
    end({ endReason: 'lost' })
    expect(told).toEqual([
      {
        title: `Connection lost: ${live.container.containerName}`,
        body: expect.stringContaining(live.container.clusterName),
      },
    ])
  })

  it('is not told when somebody looks, asked for it, or the host shows no notices', () => {
    const visible = watchEnds({ hidden: false })
    visible.end({ endReason: 'lost' })
    const asked = watchEnds()
    asked.end({ endReason: 'exited' })
    const unable = watchEnds({ notices: false })
    unable.end({ endReason: 'lost' })
    expect([visible.told, asked.told, unable.told]).toEqual([[], [], []])
  })

  it('fits the contract whatever the container is called', () => {
    const { told, end } = watchEnds()
    end({ endReason: 'timed-out', container: { ...live.container, containerName: '\u001b[31m'.repeat(500) } })
    expect(noticeSchema.safeParse(told[0]).success).toBe(true)
  })
})

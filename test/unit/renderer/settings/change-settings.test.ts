import { expect, test } from 'vitest'
import { defaultSettings, type Settings } from '../../../../src/contract/host.ts'
import type { CoreClient } from '../../../../src/renderer/app/core/core-link.ts'
import {
  changeSettings,
  createSettingsStore,
  takeSettings,
} from '../../../../src/renderer/app/stores/settings-store.ts'

type Answer = Awaited<ReturnType<CoreClient['call']>>

/** A core that answers when the test says so. */
function slowCore() {
  let kept: Settings = defaultSettings
  const answers: PromiseWithResolvers<Answer>[] = []
  const call = (_method: string, change: Partial<Settings>) => {
    kept = { ...kept, ...change }
    const then: Settings = kept
    const answer = Promise.withResolvers<Answer>()
    answers.push(answer)
    return answer.promise.then((given) => (given.ok ? { ok: true, value: then } : given))
  }
  return {
    core: { call } as unknown as CoreClient,
    accept: (index: number) => answers[index]?.resolve({ ok: true, value: {} } as Answer),
    refuse: (index: number) =>
      answers[index]?.resolve({
        ok: false,
        error: { code: 'STORAGE_FULL', message: 'Full.', retryable: false },
      } as Answer),
  }
}

test('the answer to an earlier change does not take back a later one for a moment', async () => {
  const store = createSettingsStore()
  const { core, accept } = slowCore()
  const first = changeSettings(core, store, { scrollback: 900 })
  const second = changeSettings(core, store, { theme: 'dark' })
  takeSettings(store, { ...defaultSettings, scrollback: 900 })
  accept(0)
  await first
  expect(store.getState().settings).toMatchObject({ theme: 'dark', scrollback: 900 })
  accept(1)
  await second
  expect(store.getState()).toMatchObject({ settings: { theme: 'dark', scrollback: 900 }, known: true })
  takeSettings(store, defaultSettings)
  expect(store.getState().settings).toEqual(defaultSettings)
})

test('what the core refuses goes back to what was', async () => {
  const store = createSettingsStore()
  const { core, refuse } = slowCore()
  const change = changeSettings(core, store, { theme: 'dark' })
  expect(store.getState().settings).toMatchObject({ theme: 'dark' })
  refuse(0)
  await change
  expect(store.getState().settings).toEqual(defaultSettings)
})

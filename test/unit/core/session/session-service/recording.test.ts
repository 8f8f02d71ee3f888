import { beforeEach, describe, expect, test } from 'vitest'
import { createChannelPair } from '../../../../../src/channel/in-process-channel.ts'
import { PortholeError } from '../../../../../src/contract/errors.ts'
import type { OpenSession } from '../../../../../src/core/session/session-entry.ts'
import { createBytePage } from '../../../../fixtures/byte-page.ts'
import { sampleContainer } from '../../../../fixtures/session-samples.ts'
import { grant, inState, request, setUpSessionService } from './session-service-setup.ts'

const setup = setUpSessionService()

describe('a recording', () => {
  const output = (text: string) => new TextEncoder().encode(text)
  const recorded = () => {
    const [recording] = setup.recorders.recordings
    return [new TextDecoder().decode(Buffer.concat(recording?.output ?? [])), ...(recording?.markers ?? [])]
  }

  test('is paused with a note first; what passes is nowhere, and a replay goes on with an empty screen', async () => {
    setup.build()
    const { id, session } = await setup.openReady()
    session.events.output(output('before '))
    await setup.service.pauseRecording(id, ' a customer’s data ')
    expect(setup.audit).toEqual(['opened', 'recording.paused a customer’s data'])
    expect(setup.noted).toEqual([id])
    expect(setup.service.list()[0]).toMatchObject({ recording: true, recordingPausedAt: setup.clock.now() })
    session.events.output(output('secret '))
    await setup.service.resumeRecording(id)
    session.events.output(output('after'))
    expect(setup.audit.at(-1)).toBe('recording.resumed')
    expect(setup.service.list()[0]?.recordingPausedAt).toBeUndefined()
    expect(recorded()).toEqual([
      'before \x1b[0m\x1b[?1049l\x1b[2J\x1b[3J\x1b[Hafter',
      'Recording paused',
      'Recording resumed',
    ])
  })

  test('is not paused when the history cannot note it', async () => {
    setup.build()
    const { id, session } = await setup.openReady()
    setup.audit.push = () => {
      throw new PortholeError({ code: 'STORAGE_FULL', message: 'The disk is full.' })
    }
    await expect(setup.service.pauseRecording(id)).rejects.toMatchObject({ value: { code: 'STORAGE_FULL' } })
    session.events.output(output('still here'))
    expect(recorded()).toEqual(['still here'])
    setup.audit = []
  })

  test('has to be there before AWS is asked, where shells need one', async () => {
    setup.recordingRequired = true
    setup.historyState = () =>
      Promise.reject(new PortholeError({ code: 'STORAGE_UNWRITABLE', message: 'Read-only.' }))
    let asked = false
    setup.build({
      executeCommand: async () => {
        asked = true
        return grant
      },
    })
    await setup.service.open(request)
    const ended = await setup.when(inState('ended'))
    expect(ended).toMatchObject({ endReason: 'failed', error: { code: 'RECORDING_REQUIRED' } })
    expect(ended.error?.message).toContain('Read-only.')
    expect(asked).toBe(false)
  })

  test('is wished for with every shell: a history that could not be opened may be there now', async () => {
    let tries = 0
    setup.historyState = async () => {
      tries += 1
      throw new PortholeError({ code: 'STORAGE_UNWRITABLE', message: 'Read-only.' })
    }
    setup.build()
    await setup.openReady()
    await setup.openReady()
    expect(tries).toBe(2)
  })

  test.each([
    [true, 'ended'],
    [false, 'ready'],
  ] as const)('that fails, while shells need one: %s, leaves the shell %s', async (required, state) => {
    setup.recordingRequired = required
    setup.build()
    const { id } = await setup.openReady()
    setup.recorders.recordings[0]?.fail({
      code: 'STORAGE_FULL',
      message: 'The disk is full.',
      retryable: false,
    })
    await setup.when((session) => session.recordingProblem !== undefined && session.state === state)
    if (required) {
      expect(setup.service.list().find((session) => session.id === id)?.error?.code).toBe(
        'RECORDING_REQUIRED',
      )
      await expect.poll(() => setup.audit).toEqual(['opened', 'ended failed'])
    }
  })
})

describe('a shell whose recording is not certain yet', () => {
  const full = { code: 'STORAGE_FULL', message: 'The disk is full.', retryable: true } as const
  const lost = { code: 'CONNECTION_LOST', message: 'Lost.', retryable: true } as const
  const production: OpenSession = { ...request, container: { ...sampleContainer, environment: 'production' } }
  const settled = () => new Promise((resolve) => setImmediate(resolve))
  const text = (parts: readonly Uint8Array[] = []) => Buffer.concat(parts).toString()

  /** Opened with keys typed ahead and a recorder that has not answered; the engine is ready and has spoken. */
  async function openHeld(wanted = request) {
    setup.recorders.holdBack = true
    const starting = setup.builtIn.nextSession()
    const { id, stream } = await setup.service.open(wanted)
    const [near, far] = createChannelPair()
    setup.host.serveBytes(far)
    const page = createBytePage(near, stream)
    page.send({ kind: 'attach', stream })
    page.send({ kind: 'input', stream, bytes: Buffer.from('rm -rf /\r') })
    const session = await starting
    session.events.ready()
    session.events.output(Buffer.from('first words'))
    page.send({ kind: 'input', stream, bytes: Buffer.from('date') })
    await settled()
    return { id, session, page, recording: setup.recorders.recordings[0] }
  }

  beforeEach(() => {
    setup.recordingRequired = true
  })

  test('gets no key and shows nothing until the recorder has accepted it', async () => {
    setup.build()
    const { session, page, recording } = await openHeld()
    expect([session.written, page.text, session.paused]).toEqual([[], '', true])
    expect(setup.seen.at(-1)).toMatchObject({ state: 'connecting', awaitsRecording: true })
    expect(setup.audit).toEqual([])
    recording?.accept()
    expect(await setup.when(inState('ready'))).toMatchObject({ recording: true, awaitsRecording: undefined })
    await page.until(() => page.text === 'first words')
    expect(text(session.written)).toBe('rm -rf /\rdate')
    expect(session.paused).toBe(false)
    expect(text(recording?.output)).toBe('first words')
    expect(setup.audit).toEqual(['opened'])
    page.send({ kind: 'input', stream: 1, bytes: Buffer.from('ls') })
    await settled()
    expect(text(session.written)).toBe('rm -rf /\rdatels')
  })

  test('that lost its line meanwhile is not called ready once it is recorded, until it has its line again', async () => {
    setup.build()
    const { session, recording } = await openHeld()
    session.events.degraded(lost)
    session.events.reconnecting(lost, 1000)
    await settled()
    expect(setup.seen.at(-1)?.state).toBe('connecting')
    recording?.accept()
    await setup.when(inState('reconnecting'))
    expect(setup.seen.at(-1)).toMatchObject({ state: 'reconnecting', recording: true, error: lost })
    session.events.reconnected()
    await settled()
    expect(setup.seen.at(-1)).toMatchObject({ state: 'ready', error: undefined })
  })

  test('that lost its line and has it again before it is recorded is ready', async () => {
    setup.build()
    const { session, recording } = await openHeld()
    session.events.reconnecting(lost, 1000)
    session.events.reconnected()
    recording?.accept()
    await setup.when(inState('ready'))
    await settled()
    expect(setup.seen.some(inState('reconnecting'))).toBe(false)
  })

  test.each(['the recorder', 'the history'])('never gets a key when %s refuses it', async (who) => {
    setup.build()
    if (who === 'the history') setup.openingProblem = new PortholeError(full)
    const { session, page, recording } = await openHeld()
    if (who === 'the history') recording?.accept()
    else recording?.fail(full)
    expect(await setup.when(inState('ended'))).toMatchObject({
      endReason: 'failed',
      error: { code: 'RECORDING_REQUIRED', message: expect.stringContaining('The disk is full.') },
    })
    await page.until(() => page.ended)
    expect([session.written, page.text, session.closed]).toEqual([[], '', true])
    expect(setup.seen.some(inState('ready'))).toBe(false)
    await expect.poll(() => setup.audit).toEqual(['refused RECORDING_REQUIRED'])
  })

  test('waits in production too, and opens there unrecorded where that is allowed', async () => {
    setup.recordingRequired = false
    setup.build()
    const { session, page, recording } = await openHeld(production)
    expect([session.written, page.text]).toEqual([[], ''])
    recording?.fail(full)
    expect(await setup.when(inState('ready'))).toMatchObject({ recording: false, recordingProblem: full })
    await page.until(() => page.text === 'first words')
    expect(text(session.written)).toBe('rm -rf /\rdate')
  })

  test('does not wait anywhere else', async () => {
    setup.recordingRequired = false
    setup.build()
    const { session, page } = await openHeld()
    await page.until(() => page.text === 'first words')
    expect(text(session.written)).toBe('rm -rf /\rdate')
    await setup.when(inState('ready'))
  })

  test('shows the last words of a command that was over before', async () => {
    setup.build()
    const { session, page, recording } = await openHeld()
    session.events.ended('exited')
    await settled()
    expect(setup.seen.at(-1)?.state).toBe('connecting')
    recording?.accept()
    await page.until(() => page.ended)
    expect(page.text).toBe('first words')
    expect(await setup.when(inState('ended'))).toMatchObject({ endReason: 'exited' })
    await expect.poll(() => setup.audit).toEqual(['opened', 'ended exited'])
  })

  test('can be closed meanwhile', async () => {
    setup.build()
    const { id, session, page } = await openHeld()
    await setup.service.close(id)
    expect([session.written, page.text, session.closed]).toEqual([[], '', true])
    expect(setup.seen.at(-1)).toMatchObject({ state: 'ended', endReason: 'closed' })
  })

  test('is there at once for a size that changes', async () => {
    setup.build()
    const { session, page, recording } = await openHeld()
    page.send({ kind: 'resize', stream: 1, size: { cols: 100, rows: 40 } })
    await settled()
    expect(session.sizes).toEqual([{ cols: 100, rows: 40 }])
    recording?.accept()
    await setup.when(inState('ready'))
  })
})

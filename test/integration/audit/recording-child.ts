import { setTimeout as sleep } from 'node:timers/promises'
import type { ErrorValue } from '../../../src/contract/errors.ts'
import { createAuditService } from '../../../src/core/audit/audit-client.ts'
import { startAuditWorker } from '../../../src/core/audit/start-audit-worker.ts'
import { recordingStart, sessionFacts } from '../../unit/core/audit/audit-fixtures.ts'

/**
 * A process of its own for tests that kill it or starve it of disk. It says
 * what it does in lines of JSON on its standard output, which is a pipe and so
 * is written before the next step.
 *
 *   recording-child.ts steady <folder>   an endless steady stream of numbered lines
 *   recording-child.ts busy <folder>     sessions without end, with all that is noted of them; says what is durable
 *   recording-child.ts flood <folder>    64 KiB at a time until there is a problem, then an orderly end
 */
const [mode, folder = ''] = process.argv.slice(2)
const say = (message: object) => process.stdout.write(`${JSON.stringify(message)}\n`)

/** How often a line is given: many times per flush, so that the loss shows precisely. */
const steadyMilliseconds = 4

const worker = startAuditWorker({
  folder,
  keyFolder: `${folder}-keys`,
  workerUrl: new URL('../../../src/core/audit/audit-worker.ts', import.meta.url),
})
const audit = createAuditService({ channel: worker.channel })
const facts = sessionFacts({ at: Date.now() })
await audit.sessionOpened(facts)
const recorder = audit.recorders.start(recordingStart({ sessionId: facts.sessionId, startedAt: facts.at }))
const problem = Promise.withResolvers<ErrorValue>()
recorder.onProblem((error) => {
  say({ problem: error })
  problem.resolve(error)
})
say({ sessionId: facts.sessionId })

if (mode === 'steady') await streamSteadily()
else if (mode === 'busy') await workWithoutEnd()
else await flood()

async function streamSteadily(): Promise<never> {
  for (let number = 0; ; number += 1) {
    recorder.output(new TextEncoder().encode(`line ${number} äß😀\r\n`))
    say({ number, at: performance.timeOrigin + performance.now() })
    await sleep(steadyMilliseconds)
  }
}

async function workWithoutEnd(): Promise<never> {
  for (let number = 0; ; number += 1) {
    const opened = sessionFacts({ at: Date.now() })
    const { sessionId, container } = opened
    await audit.sessionOpened(opened)
    say({ opened: sessionId })
    const its = audit.recorders.start(recordingStart({ sessionId, startedAt: opened.at }))
    its.output(new TextEncoder().encode(`session ${number}\r\n`.repeat(1 + (number % 40) * 50)))
    await audit.note({
      activity: 'recording.viewed',
      at: Date.now(),
      userName: 'ada',
      taskArn: container.taskArn,
      sessionId,
    })
    say({ noted: sessionId })
    // Some stay open, as shells do.
    if (number % 3 === 2) continue
    await its.close()
    say({ closed: sessionId })
    await audit.sessionEnded(sessionId, { at: Date.now(), reason: 'exited' })
    say({ ended: sessionId })
  }
}

async function flood(): Promise<void> {
  let given = 0
  let failed = false
  void problem.promise.then(() => {
    failed = true
  })
  while (!failed) {
    recorder.output(new TextEncoder().encode(`${String(given).padStart(8, '0')}${'x'.repeat(65_526)}\r\n`))
    given += 1
    while (recorder.pendingBytes > 0) {
      const { promise, resolve } = Promise.withResolvers<void>()
      using _subscription = recorder.onDrained(resolve)
      await promise
    }
  }
  recorder.output(new TextEncoder().encode('the session goes on'))
  await recorder.close()
  const ended = await audit.sessionEnded(facts.sessionId, { at: Date.now(), reason: 'exited' }).then(
    () => ({ ended: true }),
    (thrown: { value: ErrorValue }) => ({ ended: false, error: thrown.value }),
  )
  say({ given, pendingBytes: recorder.pendingBytes, ...ended })
  await audit[Symbol.asyncDispose]()
  await worker[Symbol.asyncDispose]()
}

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createPluginBannerFilter } from '../../../../src/core/session/plugin-banner.ts'
import { createHandClock } from '../../../fixtures/hand-clock.ts'

const sessionId = 'ecs-execute-command-0123456789abcdefghijklmnop'
const exitMark = 'porthole-plugin-exited-1234'
const started = `\nStarting session with SessionId: ${sessionId}\n`
const kms = '\nThis session is encrypted using AWS KMS.\n'
const exiting = `\n\nExiting session with sessionId: ${sessionId}.\n\n`
const gone = `\n\n${exitMark}`

function newFilter() {
  const clock = createHandClock()
  const seen = { output: '', pieces: 0, encrypted: 0, exited: 0 }
  const filter = createPluginBannerFilter({
    sessionId,
    exitMark,
    startTimer: clock.after,
    events: {
      output(bytes) {
        seen.output += Buffer.from(bytes).toString('latin1')
        seen.pieces++
      },
      encrypted: () => void seen.encrypted++,
      exited: () => void seen.exited++,
    },
  })
  const push = (text: string) => filter.push(Buffer.from(text, 'latin1'))
  return { clock, seen, filter, push }
}

describe('the banners', () => {
  test('are hidden, in one piece', () => {
    const { seen, filter, push } = newFilter()
    push(`${started}# ls\r\nfile\r\n${exiting}${gone}`)
    expect(seen).toMatchObject({ output: '# ls\r\nfile\r\n', encrypted: 0, exited: 1 })
    expect(filter.lastWords).toBe(exiting.trim())
  })

  test('are hidden, byte by byte', () => {
    const { seen, push } = newFilter()
    for (const byte of `${started}${kms}# ls\r\nfile\r\n${exiting}${gone}`) push(byte)
    expect(seen).toMatchObject({ output: '# ls\r\nfile\r\n', encrypted: 1, exited: 1 })
  })

  test('are hidden in a terminal that adds carriage returns', () => {
    const { seen, filter, push } = newFilter()
    push(`${started}${kms}# done${exiting}${gone}`.replaceAll('\n', '\r\n'))
    expect(seen).toMatchObject({ output: '# done', encrypted: 1, exited: 1 })
    expect(filter.lastWords).toBe(exiting.trim())
  })

  test('give the reason of the end', () => {
    const { seen, filter, push } = newFilter()
    const why = `SessionId: ${sessionId} : Your session timed out due to inactivity and has been terminated.`
    push(`${started}# \n\n${why}\n\n`)
    push(gone)
    expect(seen).toMatchObject({ output: '# ', exited: 1 })
    expect(filter.lastWords).toBe(why)
  })

  test('a plugin that fails before it starts is quoted, not shown', () => {
    const { seen, filter, push } = newFilter()
    push('Cannot perform start ')
    push(`session: EOF${gone}`)
    expect(seen).toMatchObject({ output: '', exited: 1 })
    expect(filter.lastWords).toBe('Cannot perform start session: EOF')
  })

  test('a plugin that dies without a banner leaves its last output as its words', () => {
    const { seen, filter, push } = newFilter()
    push(`${started}# x\r\nCannot perform start session: broken pipe`)
    push(gone)
    expect(seen.exited).toBe(1)
    expect(filter.lastWords).toContain('Cannot perform start session: broken pipe')
  })

  test('a program that is not the plugin is shown as it is', () => {
    const { seen, push } = newFilter()
    push('x'.repeat(5000))
    expect(seen.output.length).toBe(5000)
  })
})

describe('the shell’s own output', () => {
  test('is never held back for long, whatever it looks like', () => {
    const { clock, seen, push } = newFilter()
    push(started)
    push('\n')
    clock.advance(50)
    expect(seen.output).toBe('\n')
    push('a\n\nExiting')
    expect(seen.output).toBe('\na')
    clock.advance(50)
    expect(seen.output).toBe('\na\n\nExiting')
    push(' the program')
    expect(seen.output).toBe('\na\n\nExiting the program')
    expect(clock.pendingTimers).toBe(0)
  })

  test('goes on at once when it turns out to be no banner', () => {
    const { seen, push } = newFilter()
    push(`${started}a\n\nSess`)
    push('ame')
    expect(seen.output).toBe('a\n\nSessame')
  })

  test('about another session is shown', () => {
    const { seen, push } = newFilter()
    const other = exiting.replace('0123', '9999')
    push(`${started}# cat log${other}# `)
    expect(seen.output).toBe(`# cat log${other}# `)
  })

  test('is the same however it is cut', () => {
    const part = fc.constantFrom('a', '\n', '\r\n', '\n\n', 'Exiting session', 'SessionId: ', '\x1b[31m', 'ü')
    const shell = fc.array(part, { maxLength: 20 }).map((parts) => `#${parts.join('')}.`)
    const cuts = fc.array(fc.nat(400), { maxLength: 12 })
    fc.assert(
      fc.property(shell, cuts, (output, at) => {
        const { seen, filter, push } = newFilter()
        const all = Buffer.from(`${started}${output}${exiting}${gone}`).toString('latin1')
        const edges = [
          0,
          ...at.filter((cut) => cut < all.length).sort((one, other) => one - other),
          all.length,
        ]
        for (const [index, edge] of edges.slice(1).entries()) push(all.slice(edges[index], edge))
        filter.finish()
        // Cut between them, the first of the banner's two line ends was on its way before the second came.
        const shown = Buffer.from(output).toString('latin1')
        expect([shown, `${shown}\n`]).toContain(seen.output)
        expect(seen.exited).toBe(1)
      }),
    )
  })
})

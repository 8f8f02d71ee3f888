import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { recordingName, safeName } from '../../../../../src/core/audit/export/export-names.ts'
import { containerRef, noon } from '../audit-fixtures.ts'

const nameOf = (containerName: string, userName: string) =>
  recordingName(
    { container: containerRef({ containerName }), userName, startedAt: noon },
    { form: 'asciicast-v3', redacted: false },
  )

describe('the name of an exported recording', () => {
  it('says where, who, when and in which form', () => {
    const session = { container: containerRef(), userName: 'ada@example.com', startedAt: noon }
    const named = (form: 'asciicast-v3' | 'asciicast-v2' | 'text', redacted: boolean) =>
      recordingName(session, { form, redacted })
    expect(named('asciicast-v3', false)).toBe('nginx-ada-example.com-2026-11-20-1200.cast')
    expect(named('asciicast-v2', false)).toBe('nginx-ada-example.com-2026-11-20-1200-v2.cast')
    expect(named('text', true)).toBe('nginx-ada-example.com-2026-11-20-1200-redacted.txt')
  })

  it.each([
    ['../../etc/passwd', 'etc-passwd'],
    ['C:\\Windows\\x', 'C-Windows-x'],
    ['.hidden', 'hidden'],
    ['a\u0000b\nc', 'a-b-c'],
    ['a:b|c?d*e"f<g>h', 'a-b-c-d-e-f-g-h'],
    ['con', 'session-con'],
    ['NUL.txt', 'session-NUL.txt'],
    ['com1', 'session-com1'],
    ['LPT³', 'session-LPT³'],
    ['console', 'console'],
    ['trailing. . ', 'trailing'],
    ['\u202egnp.exe', 'gnp.exe'],
    ['', 'session'],
    ['///', 'session'],
    ['müller-日本', 'müller-日本'],
  ])('takes %j for %j', (text, expected) => {
    expect(safeName(text)).toBe(expected)
  })

  it('can be used on every system, whatever a container and a person are called', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), (container, user) => {
        const name = nameOf(container.repeat(40), user.repeat(40))
        expect(Buffer.byteLength(name)).toBeLessThan(200)
        expect(name).toMatch(/^[\p{L}\p{N}][\p{L}\p{N}\p{M}._-]*\.cast$/u)
        expect(name.isWellFormed()).toBe(true)
        expect(name).not.toMatch(/^(con|prn|aux|nul|com\d|lpt\d)[.-]/i)
      }),
      { numRuns: 200 },
    )
  })
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PortholeError } from '../../../../src/contract/errors.ts'
import { editAwsConfig, type SectionEdit } from '../../../../src/core/aws/config-editor.ts'
import { parseAwsConfig } from '../../../../src/core/aws/config-file.ts'

const edit = (text: string, ...edits: SectionEdit[]) =>
  editAwsConfig(parseAwsConfig(text, '/home/ana/.aws/config'), edits)
const profile = (name: string, set: Record<string, string>, unset: string[] = []): SectionEdit => ({
  kind: 'profile',
  name,
  set,
  unset,
})

describe('AWS config editor', () => {
  test('makes a section at the end, with a blank line before it', () => {
    expect(edit('', profile('default', { region: 'eu-west-1' }))).toBe('[default]\nregion = eu-west-1\n')
    expect(edit('[default]\nregion = a', profile('dev', { region: 'b', output: 'json' }))).toBe(
      '[default]\nregion = a\n\n[profile dev]\nregion = b\noutput = json\n',
    )
    expect(edit('# mine\n\n', { kind: 'sso-session', name: 'corp', set: { sso_region: 'us-east-1' } })).toBe(
      '# mine\n\n[sso-session corp]\nsso_region = us-east-1\n',
    )
  })

  test('changes a value where it stands, and keeps how it was written', () => {
    expect(
      edit('[profile dev]\n  Region=old   ; why\n  output = json\n', profile('dev', { region: 'new' })),
    ).toBe('[profile dev]\n  Region=new   ; why\n  output = json\n')
    expect(edit('[profile dev]\nregion =\n', profile('dev', { region: 'new' }))).toBe(
      '[profile dev]\nregion = new\n',
    )
    expect(edit('[profile dev]\nregion: # none yet\n', profile('dev', { region: 'new' }))).toContain(
      'new # none yet',
    )
  })

  test('adds a key behind the last one of its section, before the comment of the next', () => {
    expect(
      edit('[profile a]\n\tregion = x\n\n# about b\n[profile b]\n', profile('a', { output: 'json' })),
    ).toBe('[profile a]\n\tregion = x\n\toutput = json\n\n# about b\n[profile b]\n')
  })

  test('replaces a value of several lines as a whole, and takes keys out with what is under them', () => {
    const text = '[profile a]\nkey = one\n  two\ns3 =\n  max = 1\n\n  min = 2\nregion = r\n'
    expect(edit(text, profile('a', { key: 'new' }, ['s3']))).toBe('[profile a]\nkey = new\n\nregion = r\n')
  })

  test('of a key given twice the one that counts is changed', () => {
    expect(
      edit('[profile a]\nregion = 1\n[profile b]\n[profile a]\nregion = 2\n', profile('a', { region: '3' })),
    ).toBe('[profile a]\nregion = 1\n[profile b]\n[profile a]\nregion = 3\n')
  })

  test('keeps CRLF, a byte order mark and a missing last line end', () => {
    expect(edit('\uFEFF[profile a]\r\nregion = 1', profile('a', { output: 'json' }))).toBe(
      '\uFEFF[profile a]\r\nregion = 1\r\noutput = json\r\n',
    )
    expect(edit('[profile a]\nregion = 1', profile('a', { region: '2' }))).toBe('[profile a]\nregion = 2')
  })

  test('writes names with spaces as the CLI reads them', () => {
    expect(edit('', profile('my prof', { region: 'x' }))).toBe('[profile "my prof"]\nregion = x\n')
    expect(edit("[profile 'my prof']\nregion = x\n", profile('my prof', { region: 'y' }))).toBe(
      "[profile 'my prof']\nregion = y\n",
    )
  })

  test.each([
    ['', { region: 'x' }],
    [' a', { region: 'x' }],
    ['a]\n[default', { region: 'x' }],
    ['a"b', { region: 'x' }],
    ['a #b', { region: 'x' }],
    ['a', { region: 'x\nrole_arn = evil' }],
    ['a', { region: 'x\r' }],
    ['a', { region: '' }],
    ['a', { region: ' x' }],
    ['a', { region: 'x # y' }],
    ['a', { 'credential process': 'x' }],
  ])('refuses to write %j with %j', (name, set) => {
    expect(() => edit('[default]\n', profile(name, set))).toThrow(PortholeError)
  })

  const space = fc.constantFrom('', ' ', '  ', '\t')
  const word = fc.constantFrom('region', 'output', 'sso_session', 'role_arn', 's3', 'x')
  const line = fc.oneof(
    fc.constantFrom('[default]', '[profile a]', '[profile "b c"]', '[sso-session s]', '[services s]', '[x]'),
    fc
      .tuple(space, word, space, fc.constantFrom('=', ':'), fc.string({ maxLength: 9 }))
      .map((parts) => parts.join('')),
    fc.constantFrom('# comment', '; comment', '', '   ', '  nested = 1', '    more', 'Region = A # why'),
    fc.string({ maxLength: 8 }),
  )
  const text = fc
    .array(fc.tuple(line, fc.constantFrom('\n', '\n', '\n', '\r\n')), { maxLength: 16 })
    .map((lines) => lines.flat().join(''))
  const edits = fc.uniqueArray(
    fc.record({
      kind: fc.constantFrom<SectionEdit['kind']>('profile', 'sso-session'),
      name: fc.constantFrom('default', 'a', 'b c', 's', 'new'),
      set: fc.dictionary(word, fc.stringMatching(/^[\w:/.-]{1,12}$/), { maxKeys: 3 }),
    }),
    { minLength: 1, maxLength: 2, selector: ({ kind, name }) => `${kind} ${name}` },
  )

  test('10,000 generated files: parsed or refused with a line; an edit reads back, and all else stays byte for byte', () => {
    let parsed = 0
    let refused = 0
    fc.assert(
      fc.property(text, edits, (content, changes) => {
        let config: ReturnType<typeof parseAwsConfig>
        try {
          config = parseAwsConfig(content, 'config')
          parsed++
        } catch (error) {
          expect((error as Error).message).toMatch(/^Line \d+ of config /)
          refused++
          return
        }
        const edited = editAwsConfig(config, changes)
        const before = config.lines.map(({ raw }) => raw)
        const touched = new Set(changes.flatMap(({ set }) => Object.keys(set)))
        // Every line that no edit names is still there, in the same order.
        const untouched = config.lines.filter(({ key }) => key === undefined || !touched.has(key))
        let from = 0
        for (const { raw } of untouched) {
          const at = edited.indexOf(raw, from)
          expect(at, JSON.stringify({ raw, edited, before })).toBeGreaterThanOrEqual(0)
          from = at + raw.length
        }
        const after = parseAwsConfig(edited, 'config')
        for (const { kind, name, set } of changes)
          for (const [key, value] of Object.entries(set))
            expect(after.section(kind, name)?.values.get(key)).toBe(value)
      }),
      { numRuns: 10_000 },
    )
    expect(parsed).toBeGreaterThan(1000)
    expect(refused).toBeGreaterThan(1000)
  })
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { plainTextOf } from '../../../../../src/core/audit/redaction/plain-text.ts'
import { type TranscriptRow, TranscriptText } from '../../../../../src/core/audit/search/transcript-text.ts'

async function readIn(pieces: readonly string[]): Promise<TranscriptRow[]> {
  using reading = new TranscriptText()
  const rows: TranscriptRow[] = []
  for (const piece of pieces) rows.push(...(await reading.push(piece)))
  return [...rows, ...(await reading.finish())]
}

const commandsOf = (rows: readonly TranscriptRow[]) =>
  rows.flatMap((row) => ('kind' in row && row.kind === 'command' ? [`${row.startedAt} ${row.text}`] : []))

/** Every line in its place: those of the pieces, and commands where these have none. */
function linesOf(rows: readonly TranscriptRow[]): Map<number, string> {
  const lines = new Map<number, string>()
  for (const row of rows)
    if (!('kind' in row))
      row.text.split('\n').forEach((line, index) => {
        if (line.trim() !== '') lines.set(row.at + index, line)
      })
  return lines
}

test('finds the lines that were typed at a prompt, each at the line that the page shows', async () => {
  const text = [
    'Script started on 2026-11-20\r\n',
    '\x1b[?2004hroot@web-1:/# ls -l\r\n\x1b[?2004l\rtotal 0\r\n',
    // History, edited: two letters wiped out, one put in.
    '\x1b[?2004hroot@web-1:/# nginx -tx\b\x1b[K\b\b\x1b[1@-\r\n\x1b[?2004l\r',
    'nginx: ok\r\n# a comment that nobody typed\r\n',
    'root@web-1:/# \r\n',
    'root@web-1:/# export TOKEN=hunter2hunter2\r\n',
    // Wrapped by readline at a width that nobody knows.
    'root@web-1:/# echo one two thr \ree four five\r\n',
    'sh-5.2$ whoami\r\nroot\r\n',
  ].join('')
  const rows = await readIn([text])
  const commands = commandsOf(rows)
  expect(commands.map((each) => each.replace(/^\d+ /, ''))).toEqual([
    'ls -l',
    'nginx --t',
    'export TOKEN=‹redacted:assignment:14›',
    'echo one two three four five',
    'whoami',
  ])
  const shown = plainTextOf(text).split('\n')
  for (const each of commands) {
    const line = shown[Number.parseInt(each, 10)] ?? ''
    expect(line).toMatch(/[#$] /)
    expect(line).toContain(each.split(' ')[1])
  }
  expect(JSON.stringify(rows)).not.toContain('hunter2')
})

test.each([
  ['# nginx -t\n# a comment in a file\nok\n', ['0 nginx -t', '1 a comment in a file']],
  ['/ # ls /etc\nhosts\n~ $ id\n', ['0 ls /etc', '2 id']],
  ['Filesystem  Use%\n# not a command\n/ # nor this\n', []],
  ['db-1:/srv # psql\nshop=# SELECT 1;\n', ['0 psql']],
])('a prompt that says little counts where a shell began with one: %j', async (text, commands) => {
  expect(commandsOf(await readIn([text]))).toEqual(commands)
})

const signs = [
  'a',
  'b',
  ' ',
  '\r',
  '\n',
  '\r\n',
  '\b',
  '\x1b[K',
  '\x1b[31m',
  '\x1b]0;t\x07',
  '# ',
  '$ ',
  'x=1 ',
]
const outputs = fc.array(fc.constantFrom(...signs), { maxLength: 60 }).map((each) => each.join(''))

test('has the same lines as the page, however the text comes in pieces', async () => {
  await fc.assert(
    fc.asyncProperty(outputs, fc.array(fc.nat(60), { maxLength: 5 }), async (text, cuts) => {
      const places = [0, ...cuts.map((cut) => cut % (text.length + 1)).sort((one, other) => one - other)]
      const pieces = places.map((place, index) => text.slice(place, places[index + 1]))
      const rows = await readIn(pieces)
      const shown = plainTextOf(text).split('\n')
      for (const [number, line] of linesOf(rows)) expect(line).toBe(shown[number])
      for (const each of commandsOf(rows)) expect(shown[Number.parseInt(each, 10)]).toMatch(/[#$]/)
    }),
    { numRuns: 300 },
  )
})

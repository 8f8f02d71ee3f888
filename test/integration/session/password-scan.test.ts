import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { shellCommand } from '../../../src/contract/shell-command.ts'
import { createAuditService } from '../../../src/core/audit/audit-client.ts'
import { startAuditWorker } from '../../../src/core/audit/start-audit-worker.ts'
import { filesIn, type OpenedFile, openAuditFolder } from '../../fixtures/opened-audit-folder.ts'
import { temporaryFolder } from '../../unit/core/audit/audit-fixtures.ts'
import { SessionFixture, type Shell } from './session-fixture.ts'

const workerUrl = new URL('../../../src/core/audit/audit-worker.ts', import.meta.url)
// biome-ignore lint/suspicious/noControlCharactersInRegex: a mark of the shell may end the prompt
const atPrompt = /ready> (?:\x1b\]133;B\x07)?$/

/** Who asks, as typed (so that the echo does not look like the question), and what is typed as the answer. */
const prompts = [
  {
    ask: "[su''do] password for deploy: ",
    asks: /\[sudo\] password for deploy: $/,
    password: 'Kr4ftwerkSudoAlpha',
  },
  { ask: "Enter pass''word: ", asks: /Enter password: $/, password: 'Zitr0neMysqlBravo7' },
  { ask: "ann@db1~s pass''word: ", asks: /ann@db1~s password: $/, password: 'Qu4rkSshdCharlie88' },
  { ask: "New pass''word: ", asks: /New password: $/, password: 'Jub3lPasswdDelta99' },
  { ask: "Retype new pass''word: ", asks: /Retype new password: $/, password: 'Xyl0phonPasswdEcho' },
  {
    ask: "Enter pass''phrase for key: ",
    asks: /Enter passphrase for key: $/,
    password: 'Vulk4nReadsFoxtrot',
  },
] as const

/** At once, key by key, in two halves, and as pastes of both kinds. */
const waysToType: ((password: string) => string[])[] = [
  (password) => [password],
  (password) => Array.from(password),
  (password) => [password.slice(0, 7), password.slice(7)],
  (password) => [`${password}\r`],
  (password) => [`\x1b[200~${password}\x1b[201~`],
]

/** Both halves: also a part of a password is nobody's business. */
const needles = prompts.flatMap(({ password }) => [password.slice(0, 9), password.slice(-9)])

/** Shown on purpose, to see that the scan sees. */
const planted = 'Vis1blePlantGolf'
/** Shown too, and to be taken out of what is derived. */
const shownSecret = 'Sh0wnSecretHotel5566'

async function typePasswords(shell: Shell): Promise<number> {
  await shell.run("bind 'set enable-bracketed-paste off' 2>/dev/null; PS1='ready''> '", atPrompt)
  await shell.run('ask() { stty -echo; printf %s "$1"; read -r answer; stty echo; echo; }', atPrompt)
  let count = 0
  for (const [index, { ask, asks, password }] of prompts.entries())
    for (const pieces of [
      waysToType[index % waysToType.length],
      waysToType[(index + 2) % waysToType.length],
    ]) {
      const keys = pieces?.(password) ?? []
      await shell.run(`ask '${ask}'`, asks)
      for (const key of keys) shell.type(key)
      if (!keys.join('').endsWith('\r')) shell.type('\r')
      await shell.shows(atPrompt)
      count += 1
    }
  await shell.run(`read -r -s -p "Pass""phrase: " answer; echo`, /Passphrase: $/)
  await shell.run(prompts[5].password, atPrompt)
  await shell.run(`export DB_PASSWORD=${shownSecret}`, atPrompt)
  await shell.run(`echo ${planted.slice(0, 5)}""${planted.slice(5)}`, new RegExp(planted))
  await shell.shows(atPrompt)
  return count + 1
}

/** Names of files in which any of these words stands, in the case of a full-text index too. */
function filesWith(files: OpenedFile[], words: readonly string[]): string[] {
  return files
    .filter(({ plain }) => words.some((word) => plain.includes(word) || plain.includes(word.toLowerCase())))
    .map(({ name }) => name)
}

test('no password that was typed lies anywhere on the disk, also not decrypted', async () => {
  using folder = temporaryFolder()
  const audit = join(folder.path, 'audit')
  const keys = join(folder.path, 'keys')
  await using worker = startAuditWorker({ folder: audit, keyFolder: keys, workerUrl })
  await using client = createAuditService({ channel: worker.channel })
  await using fixture = await SessionFixture.start({ audit: client })

  const plainShell = await fixture.open('built-in', '/bin/bash')
  // Through the plugin's pty: marks and passwords have to come through there too.
  const integration = shellCommand({ kind: 'program', program: 'bash' }, 'linux', true)
  const markedShell = await fixture.open('plugin', integration)
  for (const shell of [plainShell, markedShell]) {
    await shell.until('ready')
    const asked = await typePasswords(shell)
    await fixture.service.close(shell.id)
    const commands = await client.commands(shell.id)
    expect(commands.filter(({ kind }) => kind === 'secret-prompt')).toHaveLength(asked)
    expect(
      filesWith(
        [{ name: 'commands', plain: Buffer.from(JSON.stringify(commands)) }],
        [...needles, shownSecret],
      ),
    ).toEqual([])
  }
  expect(await client.commands(markedShell.id)).toContainEqual(
    expect.objectContaining({ source: 'marks', text: expect.stringMatching(/^echo Vis1b/), exitCode: 0 }),
  )
  const request = { query: planted, filters: {} }
  for (;;) {
    const { waiting, matchingSessions } = await client.search(request)
    if (waiting === 0 && matchingSessions === 2) break
  }

  // As it lies there, nothing can be seen; so nothing is proved.
  const raw = filesIn(folder.path).map((name) => ({ name, plain: readFileSync(name) }))
  expect(raw.map(({ name }) => name).filter((name) => name.endsWith('-wal')).length).toBeGreaterThan(0)
  expect(filesWith(raw, [planted, shownSecret, ...needles])).toEqual([])

  const opened = await openAuditFolder({ audit, keys, copy: join(folder.path, 'copy') })
  const recordings = opened
    .map(({ name }) => name)
    .filter((name) => name.endsWith('.sealed'))
    .sort()
  expect(recordings).toHaveLength(2)
  expect(filesWith(opened, [planted]).sort()).toEqual([...recordings, 'search-index.sqlite'])
  expect(filesWith(opened, [shownSecret]).sort()).toEqual(recordings)
  expect(filesWith(opened, needles)).toEqual([])
})

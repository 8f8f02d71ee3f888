import { existsSync, statSync } from 'node:fs'
import { homedir, userInfo } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { PortholeError } from '../../contract/errors.ts'
import { type ExportSelection, type RecordingRequest, recordingFormSchema } from '../../contract/export.ts'
import { integrityProvesNot } from '../../contract/integrity.ts'
import { importIntoFolder } from '../../core/audit/cloud/import/import-into-folder.ts'
import { exportFolder, exportRecordingOf } from '../../core/audit/export/export-folder.ts'
import { checkFolder } from '../../core/audit/integrity/check-folder.ts'
import { defaultDataFolder } from '../../core/data-folder.ts'
import { runVerifier } from '../audit-verifier.ts'
import { printable, say } from '../output.ts'
import type { Command } from '../porthole.ts'
import { verifierFile } from '../programs.ts'
import { version } from '../version.ts'

/** `porthole audit verify`, `export` and `import`, for whoever has no window or does not want one. */
export const audit: Command = async (args, stop) => {
  const [action, ...rest] = args
  if (action === 'verify') return verify(rest)
  if (action === 'export') return exportHistory(rest, stop)
  if (action === 'import') return importFiles(rest)
  throw invalid('audit takes verify, export or import.')
}

const folderOptions = { 'data-folder': { type: 'string' } } as const

async function verify(args: string[]): Promise<void> {
  const { values, positionals } = parse(() =>
    parseArgs({ args, options: folderOptions, allowPositionals: true }),
  )
  const named = positionals[0]
  if (named !== undefined && isExport(named)) {
    process.exitCode = await runVerifier(path.resolve(named))
    return
  }
  const folder = named ?? path.join(dataFolderOf(values['data-folder']), 'audit')
  const report = await checkFolder(path.resolve(folder))
  for (const { message, sessionId } of report.findings)
    say(printable(`BAD   ${message}${sessionId === undefined ? '' : ` (session ${sessionId})`}`))
  const { events, checkpoints, recordings, findingCount } = report
  say(`${events} events, ${checkpoints} checkpoints, ${recordings} recordings in ${folder}`)
  say(outsideWords(report))
  say(
    findingCount === 0
      ? `Intact. ${integrityProvesNot}`
      : `${findingCount} places differ from what was written.`,
  )
  if (findingCount > 0) process.exitCode = 1
}

function outsideWords({ outside, outsideSealed }: Awaited<ReturnType<typeof checkFolder>>): string {
  if (outside !== undefined) return `The checkpoint kept outside knows event ${outside.seq}.`
  return outsideSealed
    ? 'The latest checkpoint is in the keychain of the desktop app and was not compared: a lost end shows only there.'
    : 'There is no checkpoint beside the folder: a lost end would not show.'
}

/** An archive, or the folder that came out of one; a folder of Porthole's own has no manifest. */
function isExport(named: string): boolean {
  return (
    statSync(named, { throwIfNoEntry: false })?.isFile() === true ||
    existsSync(path.join(named, 'manifest.json'))
  )
}

const exportOptions = {
  ...folderOptions,
  out: { type: 'string' },
  session: { type: 'string' },
  task: { type: 'string' },
  since: { type: 'string' },
  until: { type: 'string' },
  redacted: { type: 'boolean' },
  text: { type: 'boolean' },
  'asciicast-v2': { type: 'boolean' },
  as: { type: 'string' },
} as const

async function exportHistory(args: string[], signal: AbortSignal): Promise<void> {
  const { values, positionals } = parse(() =>
    parseArgs({ args, options: exportOptions, allowPositionals: true }),
  )
  const [out, ...others] = [...(values.out === undefined ? [] : [values.out]), ...positionals]
  if (out === undefined || others.length > 0)
    throw invalid('export needs one place to write to: a folder that does not exist yet, or a .zip.')
  const target = path.resolve(out)
  if (existsSync(target)) throw invalid(`${target} exists already.`)
  const from = {
    folder: path.join(dataFolderOf(values['data-folder']), 'audit'),
    target,
    by: { userName: userInfo().username },
    signal,
  }
  if (values.as !== undefined) {
    const { path: file, redactions } = await exportRecordingOf({ ...from, request: recordingOf(values) })
    say(`The recording is in ${file}${redactions === undefined ? '' : `, ${redactions} secrets taken out`}`)
    return
  }
  const summary = await exportFolder({
    ...from,
    request: {
      selection: selectionOf(values),
      redacted: values.redacted === true,
      text: values.text === true,
      asciicastV2: values['asciicast-v2'] === true,
    },
    version,
    verifierFile: verifierFile(),
  })
  say(`${summary.events} events and ${summary.recordings} recordings in ${summary.path}`)
  say(`Key ${summary.keyFingerprint}: what its verify.mjs prints must be the same.`)
  if (summary.findings === 0) return
  say(`The record itself differs in ${summary.findings} places from what was written.`)
  process.exitCode = 1
}

async function importFiles(args: string[]): Promise<void> {
  const { values, positionals } = parse(() =>
    parseArgs({ args, options: folderOptions, allowPositionals: true }),
  )
  if (positionals.length === 0) throw invalid('import needs one or more files of CloudTrail.')
  const files = positionals.map((file) => path.resolve(file))
  const by = { userName: userInfo().username }
  for await (const { name, records, shells, added } of importIntoFolder(
    dataFolderOf(values['data-folder']),
    files,
    by,
  ))
    say(`${name}: ${records} events, ${shells} of them shells, ${added} new`)
}

function selectionOf(values: {
  session?: string | undefined
  task?: string | undefined
  since?: string | undefined
  until?: string | undefined
}): ExportSelection {
  const { session, task, since, until } = values
  if (session !== undefined) return { kind: 'session', sessionId: session }
  if (task !== undefined) return { kind: 'task', taskArn: task }
  if (since === undefined && until === undefined) return { kind: 'all' }
  const from = since === undefined ? 0 : momentOf('--since', since)
  return { kind: 'range', from, to: until === undefined ? Date.now() : momentOf('--until', until) }
}

/** One recording as one file. */
function recordingOf(values: {
  session?: string | undefined
  as?: string | undefined
  redacted?: boolean | undefined
}): RecordingRequest {
  const form = recordingFormSchema.safeParse(values.as)
  if (!form.success) throw invalid(`--as takes ${recordingFormSchema.options.join(', ')}.`)
  const sessionId = z.uuid().safeParse(values.session)
  if (!sessionId.success) throw invalid('--as is for one session: name it with --session.')
  return { sessionId: sessionId.data, form: form.data, redacted: values.redacted === true }
}

function momentOf(flag: string, text: string): number {
  const moment = Date.parse(text)
  if (Number.isNaN(moment)) throw invalid(`${flag} takes a time such as 2026-11-25T14:00:00Z, not "${text}".`)
  return moment
}

function dataFolderOf(named: string | undefined): string {
  return path.resolve(named ?? defaultDataFolder(process.env, process.env.HOME ?? homedir()))
}

function parse<Parsed>(read: () => Parsed): Parsed {
  try {
    return read()
  } catch (cause) {
    throw invalid(cause instanceof Error ? cause.message : String(cause))
  }
}

function invalid(message: string): PortholeError {
  return new PortholeError({ code: 'INVALID_REQUEST', message, action: 'Run porthole --help.' })
}

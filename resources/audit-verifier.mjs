#!/usr/bin/env node
/**
 * Checks an export of Porthole's audit history: that nothing in it was changed
 * since it was made, and that what it holds is what the signed chain says.
 *
 *   node verify.mjs [folder or .zip]    the folder that this file lies in, when none is named
 *
 * Of an archive, the files in it are checked, not how it was packed. It is unpacked into a folder
 * for temporary files, readable by you alone, which is taken away again.
 *
 * Needs Node.js 18 or later and nothing else: no packages, no network. It ends
 * with 0 when all is well, with 1 when something differs, with 2 when there is
 * nothing to check. Everything is in this one file, to be read before it is trusted.
 *
 * The files
 *   manifest.json      what was exported, by whom, and the digest of every other file
 *   manifest.sig       Ed25519 over "porthole/export/v1", 0x00 and the bytes of manifest.json; base64
 *   public-key.pem     checks that signature
 *   chain.jsonl        one line per event of the WHOLE history: its number, the digest of its
 *                      body, its hash, and the line of events.jsonl that holds the body, if any
 *   events.jsonl       the bodies of the events that were chosen, exactly as they were hashed
 *   checkpoints.jsonl  how far the chain had come, signed at that time
 *   recordings/        what the screens showed: asciicast v3, as recorded
 *   sealed/            the same as it was stored, encrypted; the events vouch for these bytes
 *   keys.json          what opens them: AES-256 keys in base64, one per recording
 *
 * The chain
 *   hash(0)   = SHA-256(installation id)
 *   hash(n)   = SHA-256("porthole/audit/v1", 0x00, n as 8 bytes big-endian, hash(n-1), SHA-256(body(n)))
 *   signature = Ed25519 over "porthole/checkpoint/v1", 0x00 and the checkpoint as JSON with sorted members
 *
 * A sealed recording is "PHSEAL1\n" and frames: length of the text (4 bytes big-endian), nonce (12), the text
 * under AES-256-GCM, tag (16); authenticated with it: the session's id, a space and the frame's number.
 */
import { createDecipheriv, createHash, createPublicKey, verify } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inflateRawSync } from 'node:zlib'

let problems = 0

/** At most so many of a kind are written out; the count goes on. */
const shownProblems = 50

/** For every file in turn. */
const buffer = Buffer.alloc(1024 * 1024)

/** What opens the recordings, base64, by session: read once, there may be ten thousand. */
let keys

function good(text) {
  console.log(`ok    ${printable(text)}`)
}

function bad(text) {
  problems += 1
  if (problems <= shownProblems) console.log(`BAD   ${printable(text)}`)
}

/** What is printed may come from a forger: no control characters, so that nothing can be hidden on a terminal. */
function printable(text) {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  return String(text).replace(/[\u0000-\u001f\u007f-\u009f]/g, '?')
}

const source = resolve(process.argv[2] ?? dirname(fileURLToPath(import.meta.url)))
const folder = statSync(source, { throwIfNoEntry: false })?.isFile() ? unpacked(source) : source
if (!existsSync(join(folder, 'manifest.json'))) {
  console.log(printable(`There is no export in ${source}.`))
  process.exit(2)
}

const manifest = checkManifest()
attempt('the list of files', () => checkFiles(manifest))
const chain = attempt('chain.jsonl', () => checkChain(manifest)) ?? new Map()
const events = attempt('events.jsonl', () => checkEvents(manifest, chain)) ?? []
attempt('checkpoints.jsonl', () => checkCheckpoints(manifest, chain))
attempt('what the events say of recordings', () => checkRecordings(events))
attempt('the check before the export', () => tellEarlierFindings(manifest))
finish()

/** What was damaged may have any shape; one check that cannot be made must not hide the others. */
function attempt(what, check) {
  try {
    return check()
  } catch (error) {
    bad(`${what} cannot be checked: ${error.message}`)
    return undefined
  }
}

/** Whether the manifest is what was signed. Everything else hangs on it. */
function checkManifest() {
  const bytes = readFileSync(join(folder, 'manifest.json'))
  const key = strictly('public-key.pem', createPublicKey, (read) =>
    read.export({ type: 'spki', format: 'pem' }),
  )
  const signature = strictly(
    'manifest.sig',
    (text) => Buffer.from(text, 'base64'),
    (read) => `${read.toString('base64')}\n`,
  )
  const signed = Buffer.concat([Buffer.from('porthole/export/v1\0'), bytes])
  if (key && signature && attempt('manifest.sig', () => verify(null, signed, key, signature)))
    good('manifest.json is signed with public-key.pem')
  else bad('manifest.json is not what was signed with public-key.pem')
  const read = attempt('manifest.json', () => JSON.parse(bytes.toString('utf8')))
  if (!read || !key) return finish()
  const spki = key.export({ type: 'spki', format: 'der' })
  console.log(`      key   ${createHash('sha256').update(spki).digest('hex')}`)
  if (read.publicKeys?.at?.(-1)?.publicKey !== spki.toString('base64'))
    bad('public-key.pem is not the key that the history names last')
  return read
}

/** Both forms allow bytes that mean nothing; a file that is not written as we write it was changed. */
function strictly(name, read, write) {
  return attempt(name, () => {
    const text = readFileSync(join(folder, name), 'latin1')
    const value = read(text)
    if (write(value) !== text) bad(`${name} is not as it was written`)
    return value
  })
}

/** Every file that was exported is there as it was, and no other. */
function checkFiles({ files }) {
  const before = problems
  for (const { name, bytes, sha256 } of files) {
    const found = digestOf(name)
    if (found === undefined) bad(`${name} is missing`)
    else if (found.bytes !== bytes) bad(`${name} has ${found.bytes} bytes and had ${bytes}`)
    else if (found.sha256 !== sha256) bad(`${name} was changed`)
  }
  const known = new Set([...files.map(({ name }) => name), 'manifest.json', 'manifest.sig', 'public-key.pem'])
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const name = join(entry.parentPath ?? entry.path, entry.name)
      .slice(folder.length + 1)
      .replaceAll('\\', '/')
    if (!entry.isDirectory() && !known.has(name)) bad(`${name} was put in`)
  }
  if (problems === before) good(`${files.length} files are as they were exported`)
}

/** The hashes of the whole history, one following from the other. Returns the rows by event number. */
function checkChain({ installId, chain: told }) {
  const before = problems
  const rows = new Map()
  let previous = createHash('sha256').update(installId, 'utf8').digest()
  let expected = 1
  for (const { value: row, line } of jsonLines('chain.jsonl')) {
    if (row.seq !== expected) bad(`chain.jsonl, line ${line}: event ${expected} is missing or out of place`)
    const position = Buffer.alloc(8)
    position.writeBigUInt64BE(BigInt(row.seq))
    const hash = createHash('sha256')
      .update('porthole/audit/v1')
      .update(Uint8Array.of(0))
      .update(position)
      .update(previous)
      .update(Buffer.from(row.body, 'hex'))
      .digest()
    if (hash.toString('hex') !== row.hash) bad(`event ${row.seq} does not follow from the one before it`)
    rows.set(row.seq, row)
    previous = Buffer.from(row.hash, 'hex')
    expected = row.seq + 1
  }
  if (rows.size !== told.events) bad(`the chain has ${rows.size} events; ${told.events} were exported`)
  if (previous.toString('hex') !== told.head) bad(`the chain ends elsewhere than the manifest says`)
  if (problems === before) good(`the chain of ${rows.size} events is unbroken`)
  return rows
}

/** The bodies that were chosen are the ones that were hashed. Returns the events. */
function checkEvents({ redacted }, chain) {
  if (redacted) {
    console.log('      the events are redacted: their bodies cannot be compared with the chain')
    return []
  }
  const before = problems
  const byLine = new Map(
    [...chain.values()].filter(({ line }) => line !== undefined).map((row) => [row.line, row]),
  )
  const found = []
  for (const { value, text, line } of jsonLines('events.jsonl')) {
    const row = byLine.get(line)
    byLine.delete(line)
    const digest = createHash('sha256').update(text).digest('hex')
    if (row === undefined) bad(`events.jsonl, line ${line}: the chain knows no such event`)
    else if (digest !== row.body) bad(`event ${row.seq} (events.jsonl, line ${line}) was changed`)
    found.push(value)
  }
  for (const { seq } of byLine.values()) bad(`event ${seq} was exported and is missing`)
  if (problems === before) good(`${found.length} events are what the chain says`)
  return found
}

/** What was signed at the time is what the chain says now. */
function checkCheckpoints({ installId, publicKeys }, chain) {
  const before = problems
  let expected = 1
  for (const { value, line } of jsonLines('checkpoints.jsonl')) {
    const { number, seq, hash, at, signature } = value
    if (number !== expected) bad(`checkpoints.jsonl, line ${line}: checkpoint ${expected} is missing`)
    expected = number + 1
    const named = publicKeys.filter((key) => key.seq <= seq).at(-1)
    const key =
      named && createPublicKey({ key: Buffer.from(named.publicKey, 'base64'), type: 'spki', format: 'der' })
    // Sorted members, no white space: canonical JSON for values such as these.
    const signed = `porthole/checkpoint/v1\0${JSON.stringify({ at, hash, installId, number, seq })}`
    if (key === undefined || !verify(null, Buffer.from(signed), key, Buffer.from(signature, 'base64')))
      bad(`checkpoint ${number} is not what was signed`)
    else if (chain.get(seq)?.hash !== hash) bad(`event ${seq} is not what checkpoint ${number} signed`)
  }
  if (problems === before) good(`${expected - 1} signed checkpoints agree with the chain`)
}

/** Every byte of every recording is what the events vouch for. */
function checkRecordings(events) {
  const before = problems
  const told = new Map()
  for (const event of events) {
    if (!String(event.type).startsWith('recording.')) continue
    const recording = told.get(event.sessionId) ?? { chunks: [] }
    told.set(event.sessionId, recording)
    if (event.type === 'recording.shredded') recording.shredded = true
    if (event.type === 'recording.chunk') recording.chunks.push(event)
    if (['recording.closed', 'recording.recovered', 'recording.failed'].includes(event.type))
      recording.whole ??= event
  }
  for (const [sessionId, { chunks, whole, shredded }] of told) {
    const played = `recordings/${sessionId}.cast`
    const sealed = `sealed/${sessionId}.sealed`
    const name = existsSync(join(folder, sealed)) ? sealed : played
    // Destroyed on purpose, and the history says so.
    if (shredded && !existsSync(join(folder, name))) continue
    for (const { offset, bytes, sha256 } of chunks)
      if (digestOf(name, offset, bytes)?.sha256 !== sha256)
        bad(`${name} was changed between bytes ${offset} and ${offset + bytes}`)
    if (whole === undefined || whole.bytes === 0) continue
    const found = digestOf(name)
    if (found === undefined) bad(`${name} is missing`)
    else if (found.sha256 !== whole.sha256) bad(`${name} is not what was recorded`)
    else if (name === sealed && textOf(sealed, sessionId) !== digestOf(played)?.sha256)
      bad(`${played} is not what is sealed in ${sealed}`)
    else if (ownerOf(played) !== sessionId) bad(`${played} is the recording of another session`)
  }
  if (problems === before && told.size > 0) good(`${told.size} recordings are what was recorded`)
}

/** Opens a sealed recording; the digest of its text, nothing when it cannot be opened. */
function textOf(name, sessionId) {
  try {
    keys ??= JSON.parse(readFileSync(join(folder, 'keys.json'), 'utf8'))
    const key = Buffer.from(keys[sessionId], 'base64')
    const bytes = readFileSync(join(folder, name))
    const text = createHash('sha256')
    for (let at = 8, frame = 0; at < bytes.length; frame += 1) {
      const end = at + 16 + bytes.readUInt32BE(at)
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(at + 4, at + 16))
        .setAAD(Buffer.from(`${sessionId} ${frame}`))
        .setAuthTag(bytes.subarray(end, end + 16))
      text.update(decipher.update(bytes.subarray(at + 16, end)))
      text.update(decipher.final())
      at = end + 16
    }
    return text.digest('hex')
  } catch {
    return ''
  }
}

/** The record may have been changed before the export was made; Porthole checked it then. */
function tellEarlierFindings({ verification }) {
  if (verification.intact) good('the whole record was intact when it was exported')
  for (const { message } of verification.findings)
    bad(`when it was exported, the record differed: ${message}`)
}

function ownerOf(name) {
  try {
    const text = readFileSync(join(folder, name), 'utf8')
    return JSON.parse(text.slice(0, text.indexOf('\n'))).porthole.sessionId
  } catch {
    return undefined
  }
}

/** Of a file or a part of it; undefined when it is not there. */
function digestOf(name, offset = 0, length = Number.POSITIVE_INFINITY) {
  const file = join(folder, name)
  if (!existsSync(file)) return undefined
  const descriptor = openSync(file, 'r')
  try {
    const hash = createHash('sha256')
    let read = 0
    for (;;) {
      const count = readSync(descriptor, buffer, 0, Math.min(buffer.length, length - read), offset + read)
      if (count === 0) break
      hash.update(buffer.subarray(0, count))
      read += count
    }
    return { bytes: fstatSync(descriptor).size, sha256: hash.digest('hex') }
  } finally {
    closeSync(descriptor)
  }
}

/** Lines of JSON with their bytes and numbers, counted from 1. */
function* jsonLines(name) {
  const file = join(folder, name)
  if (!existsSync(file)) return
  const bytes = readFileSync(file)
  let line = 0
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(0x0a, start)
    const text = bytes.subarray(start, end === -1 ? bytes.length : end)
    start += text.length + 1
    line += 1
    try {
      yield { value: JSON.parse(text.toString('utf8')), text, line }
    } catch {
      bad(`${name}, line ${line} cannot be read`)
    }
  }
}

function finish() {
  if (problems > shownProblems) console.log(`BAD   and ${problems - shownProblems} more`)
  console.log(
    problems === 0
      ? '\nIntact. The key above must be the one that Porthole shows under "Check the audit record": whoever\nholds that key could have forged all of this. CloudTrail, for 90 days, knows every session that AWS granted.'
      : `\n${problems} ${problems === 1 ? 'thing differs' : 'things differ'} from what was exported.`,
  )
  process.exit(problems === 0 ? 0 : 1)
}

/** Unpacks an archive; the folder is gone when this program ends. */
function unpacked(archive) {
  const target = mkdtempSync(join(tmpdir(), 'porthole-verify-'))
  process.on('exit', () => rmSync(target, { recursive: true, force: true }))
  const descriptor = openSync(archive, 'r')
  try {
    for (const { name, content } of entriesOf(descriptor)) {
      // A name from a forger must not lead out of the folder.
      if (!/^(?!\.)[\w.-]+(\/(?!\.)[\w.-]+)*$/.test(name)) throw new Error(`"${name}" is no name we give`)
      mkdirSync(dirname(join(target, name)), { recursive: true })
      writeFileSync(join(target, name), content(), { flag: 'wx' })
    }
  } catch (error) {
    bad(`the archive cannot be unpacked: ${error.message}`)
    finish()
  } finally {
    closeSync(descriptor)
  }
  return target
}

/** The files of a .zip, by its directory at the end (PKWARE's APPNOTE, 4.3.12 and 4.3.16). */
function* entriesOf(descriptor) {
  const total = fstatSync(descriptor).size
  const part = (from, length) => {
    if (from + length > total) throw new Error('it is cut off')
    const bytes = Buffer.alloc(length)
    readSync(descriptor, bytes, 0, length, from)
    return bytes
  }
  const tail = part(Math.max(0, total - 65_557), Math.min(total, 65_557))
  const end = tail.lastIndexOf('PK\x05\x06', undefined, 'latin1')
  if (end === -1) throw new Error('it is no .zip, or its end is missing')
  const length = tail.readUInt32LE(end + 12)
  const start = tail.readUInt32LE(end + 16)
  if (start === 0xffffffff) throw new Error('it is larger than 4 GB; unpack it yourself and name the folder')
  const directory = part(start, length)
  for (let at = 0; at < length; ) {
    if (directory.readUInt32LE(at) !== 0x02014b50) throw new Error('its directory is damaged')
    const [method, packed, size] = [10, 20, 24].map((field) =>
      field === 10 ? directory.readUInt16LE(at + field) : directory.readUInt32LE(at + field),
    )
    const nameLength = directory.readUInt16LE(at + 28)
    const name = directory.toString('latin1', at + 46, at + 46 + nameLength)
    const local = directory.readUInt32LE(at + 42)
    yield { name, content: () => contentOf(name, part, { local, method, packed, size }) }
    at += 46 + nameLength + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32)
  }
}

function contentOf(name, part, { local, method, packed, size }) {
  const header = part(local, 30)
  const bytes = part(local + 30 + header.readUInt16LE(26) + header.readUInt16LE(28), packed)
  if (method !== 0 && method !== 8) throw new Error(`"${name}" is packed in a way we do not use`)
  try {
    const content = method === 0 ? bytes : inflateRawSync(bytes, { maxOutputLength: Math.max(size, 1) })
    if (content.length === size) return content
  } catch {
    // Said below, with the file's name.
  }
  throw new Error(`"${name}" is damaged`)
}

import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { Findings } from '../../../../../src/core/audit/integrity/findings.ts'
import { checkRecording } from '../../../../../src/core/audit/integrity/recording-check.ts'
import { FileRecordingStore } from '../../../../../src/core/audit/recording/file-recording-store.ts'
import { temporaryFolder } from '../audit-fixtures.ts'

const sessionId = '2f1c9a52-52a1-4a0e-9b9e-6d1f7a3c0d11'
const stored = Buffer.from('{"version":3}\n[0.1,"o","proven by a chunk"]\n[0.2,"o","the rest"]\n')
const chunkBytes = stored.lastIndexOf('[')
const digestOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

/** What the ledger says of it: one chunk, and the whole, whose end belongs to no chunk. */
const told = {
  sessionId,
  chunks: [{ offset: 0, bytes: chunkBytes, sha256: digestOf(stored.subarray(0, chunkBytes)) }],
  whole: { bytes: stored.byteLength, sha256: digestOf(stored) },
  isShredded: false,
}

async function findingsOf(bytes: Uint8Array) {
  using folder = temporaryFolder()
  const store = new FileRecordingStore(folder.path)
  const writer = await store.create(sessionId)
  await writer.append(bytes)
  await writer.close()
  const findings = new Findings()
  await checkRecording({ store, findings, hasKeys: false, onRead: async () => {} }, told)
  return findings.kept
}

test('a recording is what was written', async () => {
  expect(await findingsOf(stored)).toEqual([])
})

test.each([
  ['in the chunk', chunkBytes - 5, { offset: 0, bytes: chunkBytes }],
  ['behind the last chunk', chunkBytes + 5, { offset: chunkBytes, bytes: stored.byteLength - chunkBytes }],
  ['at the very end', stored.byteLength - 2, { offset: chunkBytes, bytes: stored.byteLength - chunkBytes }],
])('a byte changed %s is found there', async (_where, at, place) => {
  const changed = Buffer.from(stored)
  changed.writeUInt8(changed.readUInt8(at) ^ 1, at)
  expect(await findingsOf(changed)).toMatchObject([{ kind: 'recording', sessionId, ...place }])
})

test('what is cut off from behind the last chunk, or added to it, is found', async () => {
  const place = { offset: chunkBytes, bytes: stored.byteLength - chunkBytes }
  expect(await findingsOf(stored.subarray(0, -1))).toMatchObject([{ kind: 'recording', ...place }])
  expect(await findingsOf(Buffer.concat([stored, Buffer.from('x\n')]))).toMatchObject([
    { kind: 'recording', offset: stored.byteLength, bytes: 2 },
  ])
})

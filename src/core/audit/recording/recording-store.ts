/**
 * Where recordings lie. The only way to them: nothing else in Porthole opens a
 * recording file, so that a store which encrypts can take this one's place.
 *
 * Offsets and lengths are in bytes of the recording itself (asciicast text).
 * Digests are of the bytes as stored: a store that encrypts hashes what it wrote,
 * so that the ledger proves a recording even after its key was destroyed.
 *
 * Operations reject with the error of the file system; the recorder gives it meaning.
 */
export interface RecordingStore {
  /** Begins the recording of a session. Rejects with EEXIST when it has one. */
  create(sessionId: string): Promise<RecordingWriter>
  /** Rejects with ENOENT when there is none. Sees what was appended before it was opened, also of a live recording. */
  open(sessionId: string): Promise<RecordingReader>
  /** As `open`, but the bytes as stored: what the digests are of. */
  openStored(sessionId: string): Promise<RecordingReader>
  /** `undefined` when there is none. */
  stat(sessionId: string): Promise<RecordingStat | undefined>
  /** Session ids, in no order. */
  list(): Promise<string[]>
  /** Cuts a recording that no writer has open back to its first `byteLength` bytes, and off what is torn as stored. */
  truncate(sessionId: string, byteLength: number): Promise<void>
  /**
   * Takes away what a loss of power left at the end of a file: stretches that were never written whole, or zeros.
   * Never of its first `vouched` bytes as stored, which were on the disk: what is wrong there somebody did.
   */
  cutTorn(sessionId: string, vouched: number): Promise<void>
  /** SHA-256 in hexadecimal, of the whole recording or of a part. */
  digest(sessionId: string, part?: { offset: number; bytes: number }): Promise<string>
  /** What opens the bytes as stored; `undefined` when they are the recording itself, or when it was destroyed. */
  keyOf(sessionId: string): Promise<Uint8Array | undefined>
  /** Does nothing when there is none. */
  remove(sessionId: string): Promise<void>
}

export interface RecordingWriter {
  /** Adds whole lines. Calls must not overlap. What was appended survives the end of the process. */
  append(lines: Uint8Array): Promise<void>
  /** Everything appended survives the loss of power. */
  sync(): Promise<void>
  /** All appended so far. */
  total(): RecordingDigest
  /** What was appended since the last call. */
  takeChunk(): RecordingDigest & { offset: number }
  /** Also cuts off what a failed append left behind. */
  close(): Promise<void>
}

export interface RecordingReader extends AsyncDisposable {
  readonly byteLength: number
  /** Fewer bytes than asked for at the end only. */
  read(offset: number, byteLength: number): Promise<Uint8Array>
}

export interface RecordingStat {
  /** As stored. */
  byteLength: number
}

export interface RecordingDigest {
  bytes: number
  /** Hexadecimal. */
  sha256: string
}

/** Of a recording that holds nothing. */
export const emptyDigest: RecordingDigest = {
  bytes: 0,
  sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
}

/** A flood in a shell fills no disk here; what a person reads fits in many times over. */
export const longestTranscriptBytes = 4 * 1024 * 1024

/** A transcript as AWS had it. */
export interface FetchedTranscript {
  bytes: Uint8Array
  /** There was more than `longestTranscriptBytes`. */
  cut: boolean
}

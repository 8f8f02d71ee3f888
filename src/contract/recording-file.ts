import { z } from 'zod'

/** How the name of a recording ends that the system hands over to Porthole. */
export const recordingExtension = '.cast'

/** The page holds all of a recording that it plays; more would be more than a page may hold. */
export const largestRecordingBytes = 256 * 1024 * 1024

/** Where the desktop's own scheme serves what the system handed over, each file under a name that nobody guesses. */
export const handedRecordingsPath = '/handed-recordings/'

/** A recording that somebody opened with Porthole outside of it. No path: the page fetches it, once. */
export const handedRecordingSchema = z.object({
  name: z.string().max(255),
  address: z.string().regex(/^\/handed-recordings\/[0-9a-f-]{36}$/),
})
export type HandedRecording = z.infer<typeof handedRecordingSchema>

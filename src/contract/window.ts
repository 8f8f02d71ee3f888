import { z } from 'zod'
import { errorValueSchema } from './errors.ts'
import { linkSchema } from './link.ts'
import { handedRecordingSchema } from './recording-file.ts'

/**
 * What a page and the window around it say to each other, through the host that
 * has windows of its own. Which of it a host can do is in `HostInfo.abilities`.
 */

/** An entry of a native menu; a view of a registered command. */
export const menuItemSchema = z.object({
  commandId: z.string().max(100),
  title: z.string().max(200),
  /** As in the command registry, e.g. `Ctrl+Shift+K`; shown, and handled by the page itself. */
  key: z.string().max(40).optional(),
  enabled: z.boolean(),
})

export const menuSchema = z.array(
  z.object({
    title: z.string().max(100),
    /** Groups of items, with a line between them. */
    groups: z.array(z.array(menuItemSchema).max(100)).max(20),
  }),
)
export type Menu = z.infer<typeof menuSchema>
export type MenuItem = z.infer<typeof menuItemSchema>

/** A notice outside the window; a click on it brings the window to the front. */
export const noticeSchema = z.object({ title: z.string().max(200), body: z.string().max(500) })
export type Notice = z.infer<typeof noticeSchema>

/** What came into the app from outside: a link that was followed, a recording that was opened, or why it could not be. */
export const arrivedLinkSchema = z.union([
  z.object({ link: linkSchema }),
  z.object({ recording: handedRecordingSchema }),
  z.object({ refused: errorValueSchema }),
])
export type ArrivedLink = z.infer<typeof arrivedLinkSchema>

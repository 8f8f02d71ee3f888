import { z } from 'zod'
import { exportWishSchema, windowExportSchema } from '../export.ts'

/** Parts of the history as files. */
export const exportMethods = {
  /**
   * Begins to write part of the history to where the person says, or for the page
   * to fetch (`HostInfo.abilities.downloads`); what becomes of it comes as
   * `export.changed`. Nothing when the person would rather not. One per window at a time.
   */
  'export.start': {
    params: z.object({ wish: exportWishSchema }),
    result: z.object({ started: windowExportSchema.optional() }),
  },
  /** Nothing of it stays. */
  'export.cancel': { params: z.object({ id: z.uuid() }), result: z.object({}) },
  /** Shows a finished one in its folder. Not with the ability `downloads`. */
  'export.show': { params: z.object({ id: z.uuid() }), result: z.object({}) },
  /** The latest of this window. */
  'export.current': {
    params: z.object({}),
    result: z.object({ current: windowExportSchema.optional() }),
  },
} as const

import { z } from 'zod'
import { diagnosticsSchema } from '../diagnostics.ts'
import { errorValueSchema } from '../errors.ts'
import { hostInfoSchema, settingsSchema } from '../host.ts'
import {
  pluginFindingsSchema,
  pluginInstallSchema,
  pluginOfferSchema,
  pluginVersionTextSchema,
} from '../plugin.ts'
import { arrivedLinkSchema, menuSchema, noticeSchema } from '../window.ts'

/** The app itself: the host it runs in, its settings, AWS's plugin, the window. */
export const hostMethods = {
  'host.info': { params: z.object({}), result: hostInfoSchema },
  /** What is wrong with the app itself at this moment; also comes as an event. */
  'host.problems': { params: z.object({}), result: z.array(errorValueSchema) },

  /** How Porthole is set up here, without secrets. Endpoints are those of this Region. */
  'diagnostics.get': {
    params: z.object({ region: z.string().max(64).optional() }),
    result: diagnosticsSchema,
  },

  'settings.get': { params: z.object({}), result: settingsSchema },
  'settings.set': { params: settingsSchema.partial(), result: settingsSchema },

  /** Looks for session-manager-plugin anew and asks each one found for its version. */
  'plugin.find': { params: z.object({}), result: pluginFindingsSchema },
  /** What `plugin.install` would install. Asks AWS's download site, and downloads nothing. */
  'plugin.offer': { params: z.object({}), result: pluginOfferSchema },
  /** The person's consent to an offer. Progress and outcome come as `plugin.changed`. */
  'plugin.install': {
    params: z.object({ version: pluginVersionTextSchema }),
    result: pluginInstallSchema,
  },
  'plugin.installation': { params: z.object({}), result: pluginInstallSchema },
  'plugin.cancel': { params: z.object({}), result: z.object({}) },
  /** Removes what Porthole installed, nothing else. */
  'plugin.remove': { params: z.object({}), result: pluginFindingsSchema },

  /** Replaces the native menus of this window. Needs the ability `nativeMenus`. */
  'window.setMenu': { params: z.object({ menu: menuSchema }), result: z.object({}) },
  /** Needs the ability `notices`. */
  'window.notify': { params: noticeSchema, result: z.object({}) },
  /** Needs the ability `newWindows`. */
  'window.openAnother': { params: z.object({}), result: z.object({}) },
  /** Links and recordings that were opened in this window from outside since the last call, oldest first. */
  'window.takeLinks': { params: z.object({}), result: z.array(arrivedLinkSchema) },
} as const

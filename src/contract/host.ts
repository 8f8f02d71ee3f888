import { z } from 'zod'
import { containerPlaceSchema, visitedPlaceSchema } from './place.ts'
import { defaultProductionRules, productionRulesSchema } from './production.ts'
import { retentionSettingsSchema } from './retention.ts'
import { searchFiltersSchema } from './search.ts'
import { engineChoiceSchema } from './session.ts'
import { shellChoiceSchema } from './shell-command.ts'

/** What the interface may know of the host it runs in: abilities, never its name. */
export const hostInfoSchema = z.object({
  version: z.string(),
  platform: z.enum(['darwin', 'linux', 'win32']),
  /** Absolute path of the AWS config file in use, with the home folder written as `~`. */
  configFile: z.string(),
  /** The app runs against the local sandbox. */
  demo: z.boolean(),
  abilities: z.object({
    /** Menus outside the page. */
    nativeMenus: z.boolean(),
    /** Keys such as Ctrl+T and Ctrl+W reach the page. */
    allShortcuts: z.boolean(),
    /** Notices outside the window. */
    notices: z.boolean(),
    /** The page can ask for another window. */
    newWindows: z.boolean(),
    /** The page fetches files from its host, for the person to keep; without it, the host asks where to. */
    downloads: z.boolean(),
  }),
})
export type HostInfo = z.infer<typeof hostInfoSchema>

/** What was searched for in the audit history, so that it can be asked again. */
export const savedSearchSchema = z.object({
  query: z.string().max(1000),
  range: z.enum(['7', '30', '90', 'all']),
  filters: searchFiltersSchema,
})
export type SavedSearch = z.infer<typeof savedSearchSchema>

export const settingsSchema = z.object({
  theme: z.enum(['light', 'dark', 'system']),
  engine: engineChoiceSchema,
  /** Whether the first connection that needs the plugin may install it by itself. */
  pluginInstall: z.enum(['ask', 'automatic']),
  /** Where lines that would run at once are shown before they are pasted. */
  pasteGuard: z.enum(['production', 'always', 'never']),
  terminalFontSize: z.number().min(9).max(24),
  /** Lines kept per terminal; about 2.5 MB per 1,000 lines of 120 columns. */
  scrollback: z.number().int().min(0).max(50_000),
  /** Region shown first for every account. */
  region: z.string().optional(),
  /** Region per account id, where another one was chosen. */
  regions: z.record(z.string(), z.string()),
  /** Regions and account ids that stand first, in the order in which they were marked. */
  favouriteRegions: z.array(z.string()),
  favouriteAccounts: z.array(z.string()),
  /** What was chosen lately, latest first. */
  recentRegions: z.array(z.string()),
  recentAccounts: z.array(z.string()),
  /** Containers that stand first, in the order in which they were marked. */
  favouriteContainers: z.array(containerPlaceSchema),
  /** Where a shell was opened lately, latest first. */
  recentContainers: z.array(visitedPlaceSchema),
  /** What runs in a container, by `placeKey`, where something else was chosen than the best shell. */
  shells: z.record(z.string(), shellChoiceSchema),
  /** Shells mark their commands, unless a connection says otherwise. */
  shellIntegration: z.boolean(),
  /** Last role used per account id. */
  roles: z.record(z.string(), z.string()),
  /** Ids of identities outside Identity Center that somebody chose to use. */
  profilesInUse: z.array(z.string()),
  navigatorWidth: z.number().min(208).max(420),
  /** Whether a shell may be open without being recorded. */
  recordingRequired: z.boolean(),
  /** Who may pause the recording of a shell. */
  recordingPause: z.enum(['allowed', 'not-production', 'never']),
  /** Searches of the audit history that somebody wants to come back to, oldest first. */
  savedSearches: z.array(savedSearchSchema).max(50),
  /** How long recordings are kept. */
  retention: retentionSettingsSchema,
  navigatorOrder: z.enum(['name', 'size', 'newest', 'trouble']),
  /** `copilot`: by the application and environment of AWS Copilot's tags, where services have them. */
  navigatorGrouping: z.enum(['cluster', 'copilot']),
  /** What asks before a shell and before a replace, beside accounts whose name says production. */
  production: productionRulesSchema,
})
export type Settings = z.infer<typeof settingsSchema>

export const defaultSettings: Settings = {
  theme: 'system',
  engine: 'auto',
  pluginInstall: 'ask',
  pasteGuard: 'production',
  terminalFontSize: 12.5,
  scrollback: 5000,
  roles: {},
  profilesInUse: [],
  regions: {},
  favouriteRegions: [],
  favouriteAccounts: [],
  recentRegions: [],
  recentAccounts: [],
  favouriteContainers: [],
  recentContainers: [],
  shells: {},
  shellIntegration: false,
  navigatorWidth: 276,
  recordingRequired: false,
  recordingPause: 'not-production',
  savedSearches: [],
  retention: { days: 90 },
  navigatorOrder: 'name',
  navigatorGrouping: 'cluster',
  production: defaultProductionRules,
}

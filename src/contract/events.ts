import { z } from 'zod'
import { accessRolesSchema, accessSchema } from './access.ts'
import { catalogScopeSchema, clusterSchema } from './catalog.ts'
import { errorValueSchema } from './errors.ts'
import { windowExportSchema } from './export.ts'
import { settingsSchema } from './host.ts'
import { identityListSchema, scopeSchema, signInAttemptSchema } from './identity.ts'
import { integrityStateSchema } from './integrity.ts'
import { pluginInstallSchema } from './plugin.ts'
import { execRolloutSchema, readinessReportSchema } from './readiness.ts'
import { sessionSchema } from './session.ts'

/** Everything the core tells the interface unasked. Each payload is the whole new state of its thing. */
export const events = {
  'settings.changed': settingsSchema,
  'identity.changed': identityListSchema,
  'access.changed': accessSchema,
  'access.roles': accessRolesSchema,
  'signIn.changed': signInAttemptSchema,
  'catalog.scope': catalogScopeSchema,
  'catalog.cluster': clusterSchema,
  'catalog.clusterGone': z.object({ scope: scopeSchema, clusterArn: z.string() }),
  'session.changed': sessionSchema,
  'readiness.changed': readinessReportSchema,
  'exec.rollout': execRolloutSchema,
  'plugin.changed': pluginInstallSchema,
  /** Something was added to this task's history. */
  'audit.changed': z.object({
    taskArn: z.string(),
    /** Somebody opened a shell in it, so that `audit.touched` has another answer. */
    touched: z.boolean(),
  }),
  /** AWS's own records of this account and Region were read further. */
  'audit.cloudChanged': z.object({ accountId: z.string(), region: z.string() }),
  /** Something was done to the record: exported, removed, checked. */
  'audit.recordChanged': z.object({}),
  /** A check of the record is under way, or over. */
  'audit.integrity': integrityStateSchema,
  /** To one window: how far its export has come, and what became of it. */
  'export.changed': windowExportSchema,
  /** To one window: an entry of its native menu was chosen. */
  'window.command': z.object({ commandId: z.string() }),
  /** To one window: `window.takeLinks` has something. */
  'window.linksWaiting': z.object({}),
  /** What is wrong with the app itself at this moment; empty when nothing is. */
  'host.problems': z.array(errorValueSchema),
} as const

export type Events = typeof events
export type EventName = keyof Events
export type EventPayload<Name extends EventName> = z.output<Events[Name]>

import type { z } from 'zod'
import { auditMethods } from './methods/audit-methods.ts'
import { catalogMethods } from './methods/catalog-methods.ts'
import { exportMethods } from './methods/export-methods.ts'
import { hostMethods } from './methods/host-methods.ts'
import { identityMethods } from './methods/identity-methods.ts'
import { logMethods } from './methods/log-methods.ts'
import { sessionMethods } from './methods/session-methods.ts'

/**
 * Everything the interface can ask the core to do. Each entry has the shape of
 * its request and of its answer; the RPC wrapper checks both on both sides.
 * Errors are values (errors.ts), so no entry names them.
 */
export const methods = {
  ...hostMethods,
  ...identityMethods,
  ...catalogMethods,
  ...sessionMethods,
  ...logMethods,
  ...auditMethods,
  ...exportMethods,
} as const

export type Methods = typeof methods
export type MethodName = keyof Methods
export type Params<Name extends MethodName> = z.input<Methods[Name]['params']>
export type Answer<Name extends MethodName> = z.output<Methods[Name]['result']>

/** What a core must provide: one function per method, taking checked input. */
export type MethodHandlers = {
  [Name in MethodName]: (params: z.output<Methods[Name]['params']>) => Promise<Answer<Name>>
}

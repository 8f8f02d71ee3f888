import { z } from 'zod'
import { taskAddressesSchema } from '../addresses.ts'
import { catalogScopeSchema, clusterSchema, taskSchema } from '../catalog.ts'
import { scopeSchema } from '../identity.ts'
import {
  entrantsSchema,
  execRolloutSchema,
  execSwitchSchema,
  readinessReportSchema,
  readinessTaskSchema,
} from '../readiness.ts'

/** What runs on ECS, and whether a shell opens in it. */
export const catalogMethods = {
  /** Sets which scopes are kept fresh; answers with what is known, the rest comes as events. */
  'catalog.watch': {
    params: z.object({ scopes: z.array(scopeSchema).max(500) }),
    result: z.object({ scopes: z.array(catalogScopeSchema), clusters: z.array(clusterSchema) }),
  },
  'catalog.refresh': { params: z.object({}), result: z.object({}) },
  /** Tasks of a cluster that have stopped, newest first, as far as ECS still tells: about an hour. Read at every call. */
  'catalog.stopped': {
    params: z.object({ scope: scopeSchema, clusterArn: z.string() }),
    result: z.object({ tasks: z.array(taskSchema) }),
  },

  /** Where a task and its service are reached. Read at every call, and only of what the catalog has seen. */
  'task.addresses': {
    params: z.object({ scope: scopeSchema, clusterArn: z.string(), taskArn: z.string() }),
    result: taskAddressesSchema,
  },
  /** Stops the task so that its service starts a fresh one from the image. */
  'task.replace': {
    params: z.object({ scope: scopeSchema, clusterArn: z.string(), taskArn: z.string() }),
    result: z.object({}),
  },

  /** Why a shell cannot be opened in a task. Answers at once; results come as `readiness.changed`. */
  'readiness.check': { params: readinessTaskSchema, result: readinessReportSchema },
  /** The last report of a task since the app started, if there is one. */
  'readiness.last': {
    params: z.object({ taskArn: z.string() }),
    result: z.object({ report: readinessReportSchema.optional() }),
  },

  /** Turns ECS Exec of a service on or off with a new deployment; progress comes as `exec.rollout`. */
  'exec.switch': { params: execSwitchSchema, result: execRolloutSchema },

  /** Which roles may open a shell in a service's tasks, by simulation. Takes up to half a minute. */
  'readiness.entrants': {
    params: z.object({ scope: scopeSchema, clusterArn: z.string(), serviceName: z.string().min(1) }),
    result: entrantsSchema,
  },
} as const

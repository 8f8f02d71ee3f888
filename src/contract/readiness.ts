import { z } from 'zod'
import { errorValueSchema } from './errors.ts'
import { scopeSchema, timestampSchema } from './identity.ts'

/** The stations of the way into a container, in the order in which a session passes them. */
export const checkGroupSchema = z.enum([
  'computer',
  'access',
  'task',
  'network',
  'task-role',
  'container',
  'record',
])
export type CheckGroup = z.infer<typeof checkGroupSchema>

/**
 * `advice`: a shell opens all the same. `blocked`: it does not, as far as the check can tell; nothing in
 * Porthole is ever refused because of it. `unknown`: could not be checked, `cause` says why.
 */
export const checkStatusSchema = z.enum(['pending', 'ok', 'advice', 'blocked', 'unknown'])
export type CheckStatus = z.infer<typeof checkStatusSchema>

/** What an API said that the finding rests on. Names and states, never a secret. */
export const evidenceSchema = z.object({
  /** E.g. `DescribeTasks containers[worker].managedAgents`. */
  source: z.string(),
  fields: z.array(z.object({ name: z.string(), value: z.string(), wrong: z.boolean().optional() })),
})
export type Evidence = z.infer<typeof evidenceSchema>

export const fixSchema = z.object({
  /** The next step, as an instruction. */
  text: z.string(),
  /** Something to take away, e.g. a policy. */
  snippet: z.object({ label: z.string(), text: z.string() }).optional(),
  /** What Porthole itself can do about it, after asking. */
  action: z.enum(['enable-exec', 'replace-task']).optional(),
})
export type Fix = z.infer<typeof fixSchema>

export const checkResultSchema = z.object({
  id: z.string(),
  group: checkGroupSchema,
  /** As it should be, a few words; `problem` is how it is when it is not. */
  title: z.string(),
  problem: z.string(),
  status: checkStatusSchema,
  /** How sure a finding is: what AWS reports of itself is certain, what follows from policies is likely at most. */
  certainty: z.enum(['certain', 'likely', 'possible']).optional(),
  /** What was found, one or two sentences. */
  cause: z.string().optional(),
  evidence: z.array(evidenceSchema),
  fix: fixSchema.optional(),
  docUrl: z.string().optional(),
  /** Advice that most tasks get; counted apart. */
  quiet: z.boolean().optional(),
})
export type CheckResult = z.infer<typeof checkResultSchema>

export const readinessTaskSchema = z.object({
  scope: scopeSchema,
  clusterArn: z.string(),
  taskArn: z.string(),
})
export type ReadinessTask = z.infer<typeof readinessTaskSchema>

export const readinessReportSchema = z.object({
  task: readinessTaskSchema,
  startedAt: timestampSchema,
  /** Absent while checks run. */
  finishedAt: timestampSchema.optional(),
  serviceName: z.string().optional(),
  /** Every check, in the order of the way; pending ones too. */
  checks: z.array(checkResultSchema),
  /** Findings that bar the way, the likeliest first. */
  obstacles: z.array(z.string()),
  /** The one thing to mend first: the cause behind the first obstacle. Absent when nothing bars the way. */
  diagnosis: z.object({ checkId: z.string(), rootCheckId: z.string() }).optional(),
})
export type ReadinessReport = z.infer<typeof readinessReportSchema>

export const execSwitchSchema = z.object({
  scope: scopeSchema,
  clusterArn: z.string(),
  serviceName: z.string().min(1),
  on: z.boolean(),
})
export type ExecSwitch = z.infer<typeof execSwitchSchema>

/** A new deployment that turns exec on or off, followed to its end. */
export const execRolloutSchema = execSwitchSchema.extend({
  phase: z.enum(['rolling', 'done', 'failed']),
  desiredCount: z.number().int(),
  /** Tasks of the new deployment that run. */
  runningCount: z.number().int(),
  /** A running task of the new deployment, to connect to. */
  taskArn: z.string().optional(),
  error: errorValueSchema.optional(),
})
export type ExecRollout = z.infer<typeof execRolloutSchema>

/** Who simulation says may open a shell in a service's tasks. */
export const entrantsSchema = z.object({
  roles: z.array(
    z.object({ name: z.string(), arn: z.string(), description: z.string().optional(), why: z.string() }),
  ),
  /** How many roles were asked about, and how many the account has as far as was read. */
  asked: z.number().int(),
  known: z.number().int(),
  /** What could not be read or was left out, as sentences. */
  problems: z.array(z.string()),
})
export type Entrants = z.infer<typeof entrantsSchema>

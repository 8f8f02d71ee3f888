import { z } from 'zod'
import { errorCodeSchema, errorValueSchema } from './errors.ts'
import { scopeSchema, timestampSchema } from './identity.ts'

/**
 * Whether a shell can be opened, from what the catalog already knows (no extra
 * call). `reason` is short enough for a list row: "Exec is off".
 */
export const readinessSchema = z.object({
  level: z.enum(['ready', 'advice', 'blocked', 'unknown']),
  reason: z.string().optional(),
  code: errorCodeSchema.optional(),
})
export type Readiness = z.infer<typeof readinessSchema>

export const portSchema = z.object({
  containerPort: z.number().int(),
  hostPort: z.number().int().optional(),
  protocol: z.string(),
  /** Where a browser on this computer reaches it, when ECS reports a host binding. */
  url: z.string().optional(),
})
export type Port = z.infer<typeof portSchema>

export const containerSchema = z.object({
  name: z.string(),
  image: z.string(),
  imageDigest: z.string().optional(),
  /** Part of the session target; absent until the container started. */
  runtimeId: z.string().optional(),
  /** ECS lastStatus, e.g. RUNNING. */
  status: z.string(),
  /** ECS healthStatus; UNKNOWN means that no health check is defined. */
  health: z.string(),
  /** Managed agent ExecuteCommandAgent, found by name and never by position. */
  execAgent: z.enum(['RUNNING', 'PENDING', 'STOPPED', 'ABSENT']),
  execAgentReason: z.string().optional(),
  exitCode: z.number().int().optional(),
  /** Why ECS stopped it or could not start it. */
  reason: z.string().optional(),
  ports: z.array(portSchema),
  readiness: readinessSchema,
})
export type Container = z.infer<typeof containerSchema>

export const taskSchema = z.object({
  arn: z.string(),
  /** Last segment of the ARN. */
  id: z.string(),
  clusterArn: z.string(),
  /** Absent for standalone tasks. */
  serviceName: z.string().optional(),
  /** ECS lastStatus. */
  status: z.string(),
  desiredStatus: z.string(),
  /** FARGATE, EC2, EXTERNAL or MANAGED_INSTANCES. */
  launchType: z.string(),
  /** E.g. FARGATE_SPOT; absent when the task was started with a launch type. */
  capacityProvider: z.string().optional(),
  /** What started it: a deployment's id for tasks of services. */
  startedBy: z.string().optional(),
  /** ECS healthStatus of the task as a whole. */
  health: z.string().optional(),
  platformFamily: z.string().optional(),
  platformVersion: z.string().optional(),
  /** CPU architecture from the task's attributes, e.g. x86_64. */
  architecture: z.string().optional(),
  taskDefinitionArn: z.string(),
  /** `family:revision`. */
  taskDefinition: z.string(),
  /** CPU units (1024 = 1 vCPU). */
  cpu: z.number().optional(),
  /** MiB. */
  memory: z.number().optional(),
  availabilityZone: z.string().optional(),
  privateIp: z.string().optional(),
  /** Of a task with an interface of its own. */
  networkInterfaceId: z.string().optional(),
  createdAt: timestampSchema.optional(),
  startedAt: timestampSchema.optional(),
  stoppingAt: timestampSchema.optional(),
  stoppedAt: timestampSchema.optional(),
  /** ECS stopCode, e.g. EssentialContainerExited. */
  stopCode: z.string().optional(),
  stoppedReason: z.string().optional(),
  execEnabled: z.boolean(),
  tags: z.record(z.string(), z.string()),
  containers: z.array(containerSchema),
  readiness: readinessSchema,
})
export type Task = z.infer<typeof taskSchema>

/** One roll-out of a service. The newest is PRIMARY; those it replaces are ACTIVE until they are gone. */
export const deploymentSchema = z.object({
  /** `ecs-svc/<digits>`; the tasks that it started carry it as `startedBy`. */
  id: z.string(),
  status: z.string(),
  /** `family:revision`. */
  taskDefinition: z.string(),
  desiredCount: z.number().int(),
  runningCount: z.number().int(),
  pendingCount: z.number().int(),
  failedTasks: z.number().int(),
  /** IN_PROGRESS, COMPLETED or FAILED. */
  rolloutState: z.string().optional(),
  rolloutReason: z.string().optional(),
  createdAt: timestampSchema.optional(),
  updatedAt: timestampSchema.optional(),
})
export type Deployment = z.infer<typeof deploymentSchema>

/** A line of a service's event list, in the words of ECS. */
export const serviceEventSchema = z.object({
  id: z.string(),
  at: timestampSchema,
  message: z.string(),
})
export type ServiceEvent = z.infer<typeof serviceEventSchema>

export const serviceSchema = z.object({
  arn: z.string(),
  name: z.string(),
  status: z.string(),
  desiredCount: z.number().int(),
  runningCount: z.number().int(),
  pendingCount: z.number().int(),
  launchType: z.string().optional(),
  taskDefinition: z.string(),
  execEnabled: z.boolean(),
  /** ECS rolloutState of the primary deployment. */
  rolloutState: z.string().optional(),
  createdAt: timestampSchema.optional(),
  /** Newest first. */
  deployments: z.array(deploymentSchema),
  /** The latest, newest first. */
  events: z.array(serviceEventSchema),
  /** Which container's port each target group sends to. */
  targets: z.array(
    z.object({ targetGroupArn: z.string(), containerName: z.string(), containerPort: z.number().int() }),
  ),
  tags: z.record(z.string(), z.string()),
})
export type Service = z.infer<typeof serviceSchema>

/** Cluster setting executeCommandConfiguration: who else keeps a transcript. */
export const execLoggingSchema = z.object({
  mode: z.enum(['NONE', 'DEFAULT', 'OVERRIDE']),
  kmsKeyId: z.string().optional(),
  logGroup: z.string().optional(),
  bucket: z.string().optional(),
})

/** One cluster with everything in it. The unit in which the catalog travels. */
export const clusterSchema = z.object({
  scope: scopeSchema,
  arn: z.string(),
  name: z.string(),
  status: z.string(),
  tags: z.record(z.string(), z.string()),
  execLogging: execLoggingSchema,
  services: z.array(serviceSchema),
  tasks: z.array(taskSchema),
  /** What could not be read, e.g. services refused by IAM. The rest stays usable. */
  problems: z.array(errorValueSchema),
  updatedAt: timestampSchema,
})
export type Cluster = z.infer<typeof clusterSchema>

/** The state of one scope's catalog; clusters follow one by one. */
export const catalogScopeSchema = z.object({
  scope: scopeSchema,
  state: z.enum(['loading', 'ready', 'failed']),
  clusterArns: z.array(z.string()),
  error: errorValueSchema.optional(),
  updatedAt: timestampSchema.optional(),
})
export type CatalogScope = z.infer<typeof catalogScopeSchema>

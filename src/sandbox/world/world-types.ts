/**
 * The shape of the sandbox's world: what exists in it, as data. Services turn it
 * into live state at start; ages are minutes before that moment.
 */

export interface WorldDescription {
  startUrl: string
  /** Where Identity Center lives. */
  homeRegion: string
  /** Regions that calls may be signed for. */
  regions: readonly string[]
  /** Identity Center user names; the first is the usual choice on the approval page. */
  users: readonly UserDescription[]
  permissionSets: readonly PermissionSetDescription[]
  accounts: readonly AccountDescription[]
  /** Roles outside Identity Center; machines run as the first. */
  roles?: readonly RoleDescription[]
  /** A long-lived key for programs that do not sign in. */
  operator: { userName: string; accountId: string; accessKeyId: string; secretAccessKey: string }
  sample: { accountId: string; region: string; cluster: string; service: string; container: string }
}

export interface UserDescription {
  name: string
  displayName: string
  email: string
}

/** An identity policy. A bare action pattern, e.g. `ecs:Describe*`, allows that on everything. */
export type PolicyDescription = readonly (string | StatementDescription)[]

export interface StatementDescription {
  effect: 'Allow' | 'Deny'
  /** Patterns, e.g. `ecs:Describe*`. */
  actions: readonly string[]
  /** ARN patterns; everything when absent. */
  resources?: readonly string[]
  /** As StringLike: each key must be there, with a value that fits one of its patterns. */
  conditions?: Readonly<Record<string, readonly string[]>>
}

export interface PermissionSetDescription {
  name: string
  policy: PolicyDescription
}

export interface RoleDescription {
  accountId: string
  name: string
  policy: PolicyDescription
  /** Only with the code of an MFA device. */
  needsMfa?: boolean
  externalId?: string
  /** The token with which it can be assumed without keys. */
  webIdentityToken?: string
}

export interface AccountDescription {
  id: string
  /** Identity Center may leave both out. */
  name?: string
  email?: string
  /** Permission sets by user name. */
  assignments: Readonly<Record<string, readonly string[]>>
  regions: readonly RegionDescription[]
}

export interface RegionDescription {
  name: string
  clusters: readonly ClusterDescription[]
  keys?: readonly KeyDescription[]
  buckets?: readonly BucketDescription[]
  /** One network per region; with a NAT gateway and nothing else when absent. */
  network?: NetworkDescription
  pastSessions?: readonly PastSessionDescription[]
}

export interface KeyDescription {
  id: string
  alias: string
  /** Enabled when absent. */
  state?: 'Enabled' | 'Disabled' | 'PendingDeletion'
}

export interface BucketDescription {
  name: string
  /** What S3 does by itself when absent, `AES256`. */
  encryption?: 'AES256' | 'aws:kms' | 'none'
  /** Alias of a key in the same region, for `aws:kms`. */
  keyAlias?: string
}

/** What lies between a task and AWS's services. */
export interface NetworkDescription {
  /** Services with an interface endpoint of their own, e.g. `ssmmessages`. */
  endpoints?: readonly string[]
  /** Whether the endpoints answer under AWS's usual names. */
  privateDns?: boolean
  /** Whether the endpoints' security group lets the network's own addresses in. */
  endpointsLetIn?: boolean
  /** Where the tasks' subnets send what is not local. */
  defaultRoute?: 'nat' | 'none'
  /** What the tasks' security group lets out. */
  egress?: 'all' | 'none'
}

export interface ClusterDescription {
  name: string
  tags?: Readonly<Record<string, string>>
  /** Cluster setting executeCommandConfiguration; absent when nobody configured it. */
  execution?: ExecutionDescription
  services: readonly ServiceDescription[]
  /** Tasks that no service watches. */
  standalone?: readonly StandaloneDescription[]
  stopped?: readonly StoppedDescription[]
}

export interface ExecutionDescription {
  logging: 'NONE' | 'DEFAULT' | 'OVERRIDE'
  /** Alias of a key in the same region. */
  keyAlias?: string
  logGroup?: string
  bucket?: string
  keyPrefix?: string
  /** The agent refuses sessions when the bucket is not encrypted. */
  requiresEncryptedBucket?: boolean
  /** Sessions are refused when the log group is not encrypted. */
  requiresEncryptedLogs?: boolean
}

export interface ServiceDescription {
  name: string
  desiredCount: number
  /** How many tasks can be placed when there is less room than desired. */
  capacity?: number
  launchType?: 'FARGATE' | 'EC2'
  execEnabled: boolean
  definition: TaskDefinitionDescription
  tags?: Readonly<Record<string, string>>
  loadBalancer?: LoadBalancerDescription
  /** Whether its tasks have public addresses. */
  publicIp?: boolean
  /** What is special about the first, second, … task. */
  tasks?: readonly TaskDescription[]
}

export interface LoadBalancerDescription {
  name: string
  scheme: 'internet-facing' | 'internal'
  container: string
  containerPort: number
  /** Only what fits comes to the service; everything when absent. */
  rule?: { host: string; path: string }
}

export interface StandaloneDescription extends TaskDescription {
  startedBy: string
  execEnabled: boolean
  launchType?: 'FARGATE' | 'EC2'
  definition: TaskDefinitionDescription
  tags?: Readonly<Record<string, string>>
}

export interface StoppedDescription extends TaskDescription {
  service?: string
  execEnabled: boolean
  definition: TaskDefinitionDescription
  stoppedMinutesAgo: number
  stopCode: string
  stoppedReason: string
  exitCode?: number
  /** Why its containers ended, in the words of ECS. */
  containerReason?: string
}

export interface TaskDescription {
  /** First characters of the task id; the rest is derived. */
  idPrefix?: string
  ageMinutes?: number
  privateIp?: string
  /** Agents that are not running, by container name. */
  agents?: Readonly<Record<string, AgentDescription>>
}

export interface AgentDescription {
  status: 'PENDING' | 'STOPPED'
  reason?: string
}

export interface TaskDefinitionDescription {
  family: string
  revision: number
  /** CPU units. */
  cpu: number
  /** MiB. */
  memory: number
  networkMode?: 'awsvpc' | 'bridge'
  platform?: 'LINUX' | 'WINDOWS_SERVER_2022_CORE'
  pidMode?: 'task'
  /** Absent when the task has no role of its own. */
  role?: TaskRoleDescription
  containers: readonly ContainerDescription[]
}

export interface TaskRoleDescription {
  name: string
  policy: PolicyDescription
}

export interface ContainerDescription {
  name: string
  /** As DescribeTasks reports it. */
  image: string
  /** Folder of resources/sandbox/images that it really runs from; absent when nothing can run. */
  program?: string
  /** Container port of a page that the program serves; it starts with its task. */
  page?: number
  essential?: boolean
  healthCheck?: boolean
  environment?: Readonly<Record<string, string>>
  /** Variables whose values come from elsewhere: where, by name. */
  secrets?: Readonly<Record<string, string>>
  /** Volumes of the task: where they are mounted, by name. */
  volumes?: Readonly<Record<string, string>>
  readOnlyRoot?: boolean
  initProcess?: boolean
  /** awslogs group; absent when the container logs nowhere. */
  logGroup?: string
  /** What it logged a minute ago, beside the usual. */
  loggedLately?: readonly string[]
  /** Another log driver, which then counts in place of `logGroup`. */
  logDriver?: LogDriverDescription
  /** The container takes the logs of those whose driver is awsfirelens. */
  logRouter?: boolean
}

export interface LogDriverDescription {
  name: 'awsfirelens' | 'json-file' | 'splunk'
  options: Readonly<Record<string, string>>
}

/** A session that somebody else opened before the sandbox started. */
export interface PastSessionDescription {
  user: string
  permissionSet: string
  cluster: string
  /** Position of the task among the running tasks of the service. */
  service: string
  task: number
  container: string
  command: string
  /** With ssm:StartSession on the container, around ECS: nothing logs it, and SSM says nothing of a command. */
  direct?: boolean
  minutesAgo: number
  /** Absent when AWS refused. */
  lastedMinutes?: number
  refusal?: { code: string; action: string }
  sourceIp: string
  userAgent: string
  /** What the shell showed; written to the cluster's exec log at the end of the session. */
  transcript?: string
}

import type { ContainerDefinition, TaskDefinition } from '@aws-sdk/client-ecs'
import { toErrorValue } from '../../contract/errors.ts'
import { type Scope, scopeKey } from '../../contract/identity.ts'
import type { AwsClients } from '../aws/clients.ts'
import { type Clock, sleep } from '../clock.ts'

/** Enough for the definitions that somebody opens shells in within one run of the app. */
const definitionsKept = 200

/**
 * How long an opening shell waits for it. The call runs beside ExecuteCommand, which takes longer
 * as a rule; a definition that is throttled must not hold up a prompt.
 */
const definitionPatienceMilliseconds = 1000

/** Task definitions as the audit history may keep them, each read once: a revision never changes. */
export interface TaskDefinitions {
  /** Never rejects: `undefined` when it may not be read, or not in time. */
  get(scope: Scope, arn: string): Promise<SafeTaskDefinition | undefined>
}

export type SafeTaskDefinition = ReturnType<typeof withoutSecrets>

export function createTaskDefinitions({
  clients,
  clock,
}: {
  clients: Pick<AwsClients, 'call'>
  clock: Clock
}): TaskDefinitions {
  const known = new Map<string, Promise<SafeTaskDefinition | undefined>>()

  async function read(scope: Scope, arn: string): Promise<SafeTaskDefinition | undefined> {
    const what = { action: 'ecs:DescribeTaskDefinition', resource: arn }
    const { taskDefinition } = await clients.call('ecs', scope, what, (ecs) =>
      ecs.describeTaskDefinition({ taskDefinition: arn }),
    )
    return taskDefinition && withoutSecrets(taskDefinition)
  }

  function remember(key: string, reading: Promise<SafeTaskDefinition | undefined>) {
    const settled = reading.catch((thrown) => {
      // A refusal stays one; what was only busy is asked again by the next shell.
      if (toErrorValue(thrown).retryable) known.delete(key)
      return undefined
    })
    known.set(key, settled)
    if (known.size > definitionsKept) known.delete(known.keys().next().value ?? '')
    return settled
  }

  return {
    async get(scope, arn) {
      const key = `${scopeKey(scope)}|${arn}`
      const reading = known.get(key) ?? remember(key, read(scope, arn))
      const patience = new AbortController()
      const giveUp = sleep(clock, definitionPatienceMilliseconds, patience.signal).then(
        () => undefined,
        () => undefined,
      )
      const definition = await Promise.race([reading, giveUp])
      patience.abort()
      return definition
    },
  }
}

/**
 * What is named here is kept, everything else is not: values of the environment,
 * secrets, commands and options of log drivers can all hold a password.
 */
export function withoutSecrets(definition: TaskDefinition) {
  const { taskDefinitionArn, family, revision, taskRoleArn, executionRoleArn, networkMode } = definition
  const { cpu, memory, pidMode, ipcMode, runtimePlatform } = definition
  return {
    taskDefinitionArn,
    family,
    revision,
    taskRoleArn,
    executionRoleArn,
    networkMode,
    cpu,
    memory,
    pidMode,
    ipcMode,
    runtimePlatform: runtimePlatform && { ...runtimePlatform },
    containerDefinitions: definition.containerDefinitions?.map(safeContainer),
  }
}

function safeContainer(container: ContainerDefinition) {
  const { name, image, cpu, memory, memoryReservation, essential, user, privileged } = container
  const { readonlyRootFilesystem, linuxParameters, environment, secrets, logConfiguration } = container
  return {
    name,
    image,
    cpu,
    memory,
    memoryReservation,
    essential,
    user,
    privileged,
    readonlyRootFilesystem,
    initProcessEnabled: linuxParameters?.initProcessEnabled,
    environmentNames: environment?.map((variable) => variable.name ?? ''),
    secretNames: secrets?.map((secret) => secret.name ?? ''),
    logDriver: logConfiguration?.logDriver,
    awslogsGroup: logConfiguration?.options?.['awslogs-group'],
    awslogsRegion: logConfiguration?.options?.['awslogs-region'],
  }
}

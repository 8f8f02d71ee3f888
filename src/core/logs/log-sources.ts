import type { ContainerDefinition } from '@aws-sdk/client-ecs'
import { type ErrorValue, PortholeError } from '../../contract/errors.ts'
import type { LogSource } from '../../contract/logs.ts'

/**
 * Where a container's lines are, from its definition.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html
 */
export function sourceOf(
  container: ContainerDefinition,
  task: { taskId: string; region: string; runtimeIds: Readonly<Record<string, string | undefined>> },
): LogSource {
  const { name = '', logConfiguration } = container
  const driver = logConfiguration?.logDriver
  const options = logConfiguration?.options ?? {}
  if (driver !== 'awslogs') return { container: name, driver, problem: elsewhere(name, driver, options) }
  const group = options['awslogs-group']
  const prefix = options['awslogs-stream-prefix']
  // Without a prefix the driver names the stream after the container's id in Docker.
  const stream = prefix ? `${prefix}/${name}/${task.taskId}` : task.runtimeIds[name]
  const region = options['awslogs-region'] ?? task.region
  if (!group || !stream)
    return { container: name, driver, group, region, problem: incomplete(name, group === undefined) }
  return { container: name, driver, group, stream, region }
}

/** Whether a stream can only be named with the container's id. */
export function needsRuntimeId({ logConfiguration }: ContainerDefinition): boolean {
  return logConfiguration?.logDriver === 'awslogs' && !logConfiguration.options?.['awslogs-stream-prefix']
}

const places: Readonly<Record<string, string>> = {
  splunk: 'Look for them in Splunk.',
  fluentd: 'Look for them where Fluentd sends them.',
  gelf: 'Look for them in the system that the driver sends GELF to.',
  syslog: 'Look for them where syslog sends them.',
  journald: 'Read them with journalctl on the container instance.',
  'json-file': 'Read them with docker logs on the container instance.',
  local: 'Read them with docker logs on the container instance.',
  none: 'Set a log driver in the task definition.',
}

/** Options may hold tokens, so none but the name of the output is shown. */
function elsewhere(
  name: string,
  driver: string | undefined,
  options: Readonly<Record<string, string>>,
): ErrorValue {
  const toCloudWatch = 'To read them here, set logDriver to awslogs in the task definition.'
  if (driver === undefined)
    return problem(
      `${name} has no log configuration.`,
      'On Fargate nothing keeps its lines; on an instance docker logs does.',
      toCloudWatch,
    )
  if (driver === 'awsfirelens') {
    const output = options.Name ?? options.name
    return problem(
      `The log router of the task sends the lines of ${name} on${output ? ` with its output ${output}` : ''}.`,
      'Look for them at that place; what the router itself says is in its own log.',
      toCloudWatch,
    )
  }
  return problem(
    `The lines of ${name} go to the log driver ${driver}, not to CloudWatch Logs.`,
    places[driver] ?? 'Look for them where this driver keeps them.',
    toCloudWatch,
  )
}

function problem(message: string, ...steps: string[]): ErrorValue {
  return new PortholeError({ code: 'LOGS_ELSEWHERE', message, action: steps.join(' ') }).value
}

function incomplete(name: string, lacksGroup: boolean): ErrorValue {
  return new PortholeError({
    code: 'NOT_FOUND',
    message: lacksGroup
      ? `The log configuration of ${name} names no awslogs-group.`
      : `${name} has no awslogs-stream-prefix and has not started yet, so its stream has no name.`,
    action: 'Set it in the task definition.',
    retryable: !lacksGroup,
  }).value
}

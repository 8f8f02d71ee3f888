import type { PastSessionDescription } from '../world/world-types.ts'
import type { Trail } from './cloudtrail/trail.ts'
import type { Place } from './ecs/arns.ts'
import type { EcsState, LiveContainer, LiveTask } from './ecs/ecs-state.ts'
import { targetOf } from './ecs/exec-sessions.ts'
import { execDocument } from './ecs/execute-command.ts'
import { stableHex, stableUuid } from './identifiers.ts'
import { permissionSetPrincipal } from './identity/access-keys.ts'
import type { SessionRegister } from './ssm/session-register.ts'
import type { Transcripts } from './ssm/transcripts.ts'

const minute = 60_000

export interface PastSessionParts {
  state: EcsState
  trail: Trail
  register: SessionRegister
  transcripts: Transcripts
  now: number
}

/** A session of somebody else: its CloudTrail event, its place in SSM's history, its transcript. */
export function seedPastSession(past: PastSessionDescription, place: Place, parts: PastSessionParts): void {
  const cluster = parts.state.cluster(place, past.cluster)
  const task = [...(cluster?.tasks.values() ?? [])].filter((each) => each.serviceName === past.service)[
    past.task
  ]
  const container = task?.containers.find((each) => each.description.name === past.container)
  if (!cluster || !task || !container) {
    throw new Error(`The past session of ${past.user} names a container that is not in the world.`)
  }
  const startedAt = parts.now - past.minutesAgo * minute
  const seed = `${task.id} ${past.user} ${past.minutesAgo}`
  const sessionId = past.direct
    ? `${past.user}-${stableHex(seed, 17)}`
    : `ecs-execute-command-${stableHex(seed, 26)}`
  const caller = permissionSetPrincipal(place.accountId, past.permissionSet, past.user, [])
  parts.trail.add({
    name: past.direct ? 'StartSession' : 'ExecuteCommand',
    source: past.direct ? 'ssm.amazonaws.com' : 'ecs.amazonaws.com',
    region: place.region,
    time: startedAt,
    requestId: stableUuid(`request ${sessionId}`),
    sourceIp: past.sourceIp,
    userAgent: past.userAgent,
    key: {
      accessKeyId: `ASIA${stableHex(`key ${sessionId}`, 16).toUpperCase()}`,
      createdAt: startedAt - 12 * minute,
    },
    caller,
    requestParameters: past.direct
      ? { target: targetOf(task, container) }
      : {
          cluster: past.cluster,
          container: past.container,
          task: task.arn,
          command: past.command,
          interactive: true,
        },
    outcome: pastOutcome(past, sessionId, caller.arn, place.region, task, container),
  })
  if (past.refusal) return
  const endedAt = startedAt + (past.lastedMinutes ?? 1) * minute
  parts.register.add({
    ...place,
    sessionId,
    target: targetOf(task, container),
    documentName: past.direct ? 'SSM-SessionManagerRunShell' : execDocument,
    owner: caller.arn,
    startedAt,
    endedAt,
    task,
    container,
    command: past.command,
  })
  if (past.transcript && !past.direct)
    parts.transcripts.write(sessionId, task, container, past.transcript, endedAt)
}

function pastOutcome(
  { refusal, direct }: PastSessionDescription,
  sessionId: string,
  callerArn: string,
  region: string,
  task: LiveTask,
  container: LiveContainer,
) {
  if (refusal) return refusalOutcome(refusal, callerArn, task)
  if (!direct) return sessionOutcome(sessionId, region, task, container)
  const streamUrl = `wss://ssmmessages.${region}.amazonaws.com/v1/data-channel/${sessionId}?role=publish_subscribe`
  return { responseElements: { sessionId, tokenValue: 'HIDDEN_DUE_TO_SECURITY_REASONS', streamUrl } }
}

function refusalOutcome(
  { code, action }: NonNullable<PastSessionDescription['refusal']>,
  callerArn: string,
  task: LiveTask,
) {
  const message = `User: ${callerArn} is not authorized to perform: ${action} on resource: ${task.arn} because no identity-based policy allows the ${action} action`
  return { error: { code, message } }
}

function sessionOutcome(sessionId: string, region: string, task: LiveTask, container: LiveContainer) {
  return {
    responseElements: {
      clusterArn: task.cluster.arn,
      containerArn: container.arn,
      containerName: container.description.name,
      interactive: true,
      taskArn: task.arn,
      session: {
        sessionId,
        streamUrl: `wss://ssmmessages.${region}.amazonaws.com/v1/data-channel/${sessionId}?role=publish_subscribe`,
        tokenValue: 'HIDDEN_DUE_TO_SECURITY_REASONS',
      },
    },
  }
}

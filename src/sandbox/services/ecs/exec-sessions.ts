import type { Clock } from '../clock.ts'
import type { ExecSessionGrant, ExecSessionSpec, MessageGateway } from '../exec-session.ts'
import type { Principal } from '../identity/access-keys.ts'
import { isAllowed } from '../identity/policy.ts'
import type { KeyStore } from '../kms/key-store.ts'
import type { SessionRegister } from '../ssm/session-register.ts'
import type { Transcripts } from '../ssm/transcripts.ts'
import type { ContainerHost } from './container-host.ts'
import type { LiveContainer, LiveTask } from './ecs-state.ts'

export interface ExecSessionRequest {
  sessionId: string
  task: LiveTask
  container: LiveContainer
  command: string
  documentName: string
  caller: Principal
  reason?: string
}

export interface ExecSessionsParts {
  clock: Clock
  gateway: MessageGateway
  host: ContainerHost
  keys: KeyStore
  register: SessionRegister
  transcripts: Transcripts
}

/** Opens sessions into containers: the one place where ECS Exec and SSM meet the gateway. */
export class ExecSessions {
  readonly #parts: ExecSessionsParts

  constructor(parts: ExecSessionsParts) {
    this.#parts = parts
  }

  open(request: ExecSessionRequest): ExecSessionGrant {
    const { task, container } = request
    const target = targetOf(task, container)
    const grant = this.#parts.gateway.create({
      sessionId: request.sessionId,
      target,
      taskArn: task.arn,
      region: task.cluster.region,
      open: async (size) => (await this.#parts.host.started(task, container)).exec(request.command, size),
      ...this.#encryption(task),
    })
    this.#parts.register.add({
      ...request,
      accountId: task.cluster.accountId,
      region: task.cluster.region,
      target,
      owner: request.caller.arn,
      startedAt: this.#parts.clock.now(),
      endedAt: undefined,
    })
    return grant
  }

  /** The gateway's word that a session is over: its transcript is written now. */
  ended(sessionId: string, at: number): void {
    const session = this.#parts.register.end(sessionId, at)
    if (session) this.#parts.transcripts.finish(sessionId, session.task, session.container, at)
  }

  #encryption(task: LiveTask): Pick<ExecSessionSpec, 'kms'> {
    const { keyArn } = task.cluster
    if (keyArn === undefined) return {}
    const { keys } = this.#parts
    // The agent asks KMS as the task's role, so what that may not do it cannot.
    const policy = task.definition.description.role?.policy ?? []
    const mayDecrypt = isAllowed(policy, { action: 'kms:Decrypt', resource: keyArn })
    return {
      kms: {
        keyArn,
        decrypt: (cipherText, context) =>
          mayDecrypt ? keys.decrypt(keyArn, cipherText, context) : undefined,
      },
    }
  }
}

/** `ecs:<cluster>_<task id>_<runtime id>`: the name under which SSM knows a container. */
export function targetOf(task: LiveTask, container: LiveContainer): string {
  return `ecs:${task.cluster.name}_${task.id}_${container.runtimeId}`
}

import type { ApiService } from '../http/api-service.ts'
import { changeOperations } from './change-operations.ts'
import { describeOperations } from './describe-operations.ts'
import type { EcsState } from './ecs-state.ts'
import type { ExecSessions } from './exec-sessions.ts'
import { executeCommandOperation } from './execute-command.ts'
import { listOperations } from './list-operations.ts'
import type { Scheduler } from './scheduler.ts'

/** Amazon ECS, as far as a client that looks, connects and replaces needs it. */
export function createEcsService(state: EcsState, scheduler: Scheduler, sessions: ExecSessions): ApiService {
  return {
    target: 'AmazonEC2ContainerServiceV20141113',
    signingName: 'ecs',
    actionPrefix: 'ecs',
    operations: {
      ...listOperations(state),
      ...describeOperations(state),
      ...changeOperations(state, scheduler),
      ExecuteCommand: executeCommandOperation(state, sessions),
    },
  }
}

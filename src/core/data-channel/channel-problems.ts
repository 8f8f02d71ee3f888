import type { ErrorValue } from '../../contract/errors.ts'

export const noAnswer: ErrorValue = {
  code: 'CONNECTION_LOST',
  message: 'The container does not answer.',
  action: 'What is typed is kept and sent. Check the network if it stays.',
  retryable: true,
}

export const agentAway: ErrorValue = {
  code: 'AGENT_NOT_RUNNING',
  message: 'AWS has lost sight of the exec agent in the container.',
  action: 'What is typed is kept and sent when it is back. The task may be stopping.',
  retryable: true,
}

/** @param limit milliseconds */
export function noAcknowledgement(limit: number): ErrorValue {
  return {
    code: 'CONNECTION_LOST',
    message: 'The container does not answer.',
    detail: `No acknowledgement for ${limit / 1000} s`,
    action: 'Porthole tries to get it back. Check whether the task still runs.',
    retryable: true,
  }
}

/** @param limit milliseconds */
export function agentSilent(limit: number): ErrorValue {
  return {
    code: 'AGENT_NOT_RUNNING',
    message: `The exec agent in the container did not answer within ${limit / 1000} s.`,
    action: 'Connect again. If it stays, replace the task: its agent may have stopped.',
    retryable: true,
  }
}

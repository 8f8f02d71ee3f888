import type { ErrorValue } from '../../contract/errors.ts'

/**
 * What the exec agent and the service say when a session cannot be, in their
 * own words: the only thing that tells the causes apart. Sources: the agent's
 * public code, AWS's troubleshooting page for ECS Exec, and what people report
 * in the issue trackers of the agent, the plugin and Copilot.
 */
const complaints: readonly { words: RegExp; error: Omit<ErrorValue, 'detail'> }[] = [
  {
    words:
      /fork\/exec (\/usr)?\/bin\/(ba|a)?sh: no such file|"(\/bin\/)?(ba|a)?sh": executable file not found/i,
    error: {
      code: 'NO_SHELL_IN_IMAGE',
      message: 'This image does not have that shell.',
      action:
        'Try another shell with “Open shell with…”. Distroless and scratch images have none: run a program of the image as the command instead.',
      retryable: false,
    },
  },
  {
    words: /failed to start pty|unable to start command|executable file not found/i,
    error: {
      code: 'NO_SHELL_IN_IMAGE',
      message: 'The container has no program by the name of the command.',
      action:
        'Choose another command: /bin/sh, or powershell.exe on Windows. An image without a shell has none to offer.',
      retryable: false,
    },
  },
  {
    words: /plugin with name .* not found/i,
    error: {
      code: 'AGENT_NOT_RUNNING',
      message: 'The exec agent in the container is damaged and cannot start a shell.',
      action:
        'Connect again in a few minutes. If it stays, check that /tmp is not full and that the image fits the CPU architecture, then replace the task.',
      retryable: true,
    },
  },
  {
    words: /does not support session manager encryption/i,
    error: {
      code: 'HANDSHAKE_FAILED',
      message: 'The cluster encrypts sessions, and this session-manager-plugin was not able to.',
      action: 'Update the plugin, or choose the built-in engine in the settings.',
      retryable: false,
    },
  },
  {
    words: /invalid encryptioncontext/i,
    error: {
      code: 'HANDSHAKE_FAILED',
      message: 'KMS refused the data key: the session’s target does not match.',
      action: 'Refresh the list and connect again: the container may have been restarted.',
      retryable: true,
    },
  },
  {
    words: /fetching data key failed|invalidciphertextexception|error when decrypting data key/i,
    error: {
      code: 'HANDSHAKE_FAILED',
      message: 'The container could not decrypt the session key.',
      action:
        'Allow kms:Decrypt on the cluster’s key for the task role, and check that the task can reach KMS. Then replace the task.',
      retryable: false,
    },
  },
  {
    words: /kmsencryption failed on client/i,
    error: {
      code: 'HANDSHAKE_FAILED',
      message: 'The session could not be encrypted with the KMS key of the cluster.',
      action: 'Allow kms:GenerateDataKey on the cluster’s key for this role, then connect again.',
      retryable: false,
    },
  },
  {
    words: /handshake timed out|timed out waiting for encryption challenge/i,
    error: {
      code: 'HANDSHAKE_FAILED',
      message: 'The agent waited in vain for the handshake of the session.',
      action: 'Connect again. If it stays with the plugin, update it or choose the built-in engine.',
      retryable: true,
    },
  },
  {
    words: /(encryption is not set up on|unable to validate encryption on).*(log group|bucket)/is,
    error: {
      code: 'EXEC_LOGGING_REFUSED',
      message:
        'The cluster wants encrypted session logs, and their place is not encrypted or cannot be checked.',
      action:
        'Encrypt the log group or bucket, or turn that demand off in the cluster. The task role needs logs:DescribeLogGroups and s3:GetEncryptionConfiguration.',
      retryable: false,
    },
  },
  {
    words:
      /createdatachannel failed|failed to create websocket for datachannel|ssmmessages:createdatachannel/i,
    error: {
      code: 'TARGET_NOT_CONNECTED',
      message: 'The exec agent may not open a data channel.',
      action:
        'Allow ssmmessages:* for the task role, and check service control policies and the ssmmessages endpoint of the VPC.',
      retryable: false,
    },
  },
]

/** What a text of the agent or the service means, or undefined when it is none of the known ones. */
export function readComplaint(text: string): ErrorValue | undefined {
  const known = complaints.find(({ words }) => words.test(text))
  return known && { ...known.error, detail: text }
}

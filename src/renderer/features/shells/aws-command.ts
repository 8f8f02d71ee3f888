import type { Scope } from '../../../contract/identity.ts'
import type { ContainerRef } from '../../../contract/session.ts'
import type { ServiceRef, TaskRef } from '../../app/documents/document.ts'
import { shellWord } from '../../ui/shell-word.ts'

const profilePrefix = 'profile:'

/**
 * The profile with which the AWS CLI acts as a scope: the identity's own, or for
 * Identity Center the name that `aws configure sso` and "Write a profile" choose.
 * What the environment provides needs none.
 */
function profileOf({ identityId, roleName, accountId }: Scope): string | undefined {
  if (identityId.startsWith(profilePrefix)) return identityId.slice(profilePrefix.length)
  const isIdentityCenter = identityId.startsWith('sso:') || identityId.startsWith('legacy:')
  return isIdentityCenter ? `${roleName}-${accountId}` : undefined
}

function awsCommand(scope: Scope, words: readonly string[]): string {
  const profile = profileOf(scope)
  const where = [...(profile === undefined ? [] : ['--profile', profile]), '--region', scope.region]
  return ['aws', 'ecs', ...words, ...where].map(shellWord).join(' ')
}

/** What opens the same shell from a POSIX shell: `command` as ECS ExecuteCommand is given it. */
export function executeCommandLine(ref: ContainerRef, command: string): string {
  const { scope, clusterName, taskId, containerName } = ref
  const place = ['--cluster', clusterName, '--task', taskId, '--container', containerName]
  return awsCommand(scope, ['execute-command', ...place, '--interactive', '--command', command])
}

export function describeServiceLine({ scope, clusterName, serviceName = '' }: ServiceRef): string {
  return awsCommand(scope, ['describe-services', '--cluster', clusterName, '--services', serviceName])
}

export function describeTaskLine({ scope, clusterName, taskId }: TaskRef): string {
  return awsCommand(scope, ['describe-tasks', '--cluster', clusterName, '--tasks', taskId])
}

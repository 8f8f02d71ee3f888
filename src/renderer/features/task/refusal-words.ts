import type { CloudEvent } from '../../../contract/cloud-audit.ts'
import { displayText } from '../../ui/display-text.ts'

/** "AccessDenied on ecs:ExecuteCommand, role ReadOnly", and all that AWS said of it. */
export function refusalWords(
  { kind, roleName }: Pick<CloudEvent, 'kind' | 'roleName'>,
  refusal: NonNullable<CloudEvent['refusal']>,
): { short: string; whole: string } {
  const call = kind === 'exec' ? 'ecs:ExecuteCommand' : 'ssm:StartSession'
  const short = [
    `${refusal.code.replace(/Exception$/, '')} on ${call}`,
    ...(roleName === undefined ? [] : [`role ${roleName}`]),
  ].join(', ')
  return {
    short: displayText(short),
    whole: displayText([short, refusal.message].filter(Boolean).join('. ')),
  }
}

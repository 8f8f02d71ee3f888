import type { CheckGroup, CheckResult, Evidence } from '../../contract/readiness.ts'
import type { ReadinessFacts } from './facts.ts'

/** What a check found. */
export type Finding = Pick<CheckResult, 'status' | 'certainty' | 'cause' | 'fix' | 'docUrl' | 'quiet'> & {
  evidence?: Evidence[]
}

/**
 * One thing that can bar the way into a container. It reads what it needs from the facts, which are shared
 * and read once. Whatever it throws becomes "could not check", for this check alone.
 */
export interface Check {
  id: string
  group: CheckGroup
  /** As it should be, and as it is when it is not. */
  title: string
  problem: string
  run(facts: ReadinessFacts): Promise<Finding>
}

/** Where AWS explains it. */
export const documents = {
  overview: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html',
  troubleshooting:
    'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec-troubleshooting.html',
  run: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec-run.html',
  taskRole:
    'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html#ecs-exec-required-iam-permissions',
  plugin:
    'https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-working-with-install-plugin.html',
  endpoints: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/vpc-endpoints.html',
} as const

export function ok(cause?: string, evidence?: Evidence[]): Finding {
  return { status: 'ok', ...(cause && { cause }), ...(evidence && { evidence }) }
}

/** @example evidenceOf('DescribeTasks', { lastStatus: 'STOPPED' }, ['lastStatus']) */
export function evidenceOf(
  source: string,
  fields: Readonly<Record<string, string | number | boolean | undefined>>,
  wrong: readonly string[] = [],
): Evidence {
  return {
    source,
    fields: Object.entries(fields).map(([name, value]) => ({
      name,
      value: value === undefined ? 'not set' : String(value),
      ...(wrong.includes(name) && { wrong: true }),
    })),
  }
}

/** "a", "a and b", "a, b and c". */
export function listed(names: readonly string[]): string {
  if (names.length < 2) return names.join('')
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}

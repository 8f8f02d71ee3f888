import type { CheckGroup, CheckResult, CheckStatus, ReadinessReport } from '../../../contract/readiness.ts'

/** What a report is about, in one word: the service, or the task. */
export function placeOf({
  serviceName,
  taskId,
}: {
  serviceName?: string | undefined
  taskId: string
}): string {
  return serviceName ?? taskId.slice(0, 8)
}

/** What a finding is called: the check, unless it found something wrong. */
export function headlineOf({ title, problem, status }: CheckResult): string {
  return status === 'blocked' || status === 'advice' ? problem : title
}

/** A stop on the way into a container. */
export interface Station {
  name: string
  status: CheckStatus | 'not-reached'
  words: string
}

export const groupNames: Record<CheckGroup, string> = {
  computer: 'This computer',
  access: 'Your role',
  task: 'ECS',
  network: 'Network',
  'task-role': 'Task role',
  container: 'Agent',
  record: 'Record and key',
}

const way: readonly CheckGroup[] = ['computer', 'access', 'task', 'network', 'task-role', 'container']

const worstFirst: readonly CheckStatus[] = ['blocked', 'pending', 'advice', 'unknown', 'ok']

/** The way from here to the shell, with what is the matter at each stop. */
export function stationsOf({ checks, obstacles }: Pick<ReadinessReport, 'checks' | 'obstacles'>): Station[] {
  const stops = way.map((group) =>
    stationOf(
      group,
      checks.filter((check) => check.group === group),
    ),
  )
  const isRunning = checks.some(({ status }) => status === 'pending')
  const shell: Station =
    obstacles.length > 0
      ? { name: 'Shell', status: 'not-reached', words: 'Not reached' }
      : isRunning
        ? { name: 'Shell', status: 'pending', words: 'Checking' }
        : { name: 'Shell', status: 'ok', words: 'Can open' }
  return [...stops, shell]
}

function stationOf(group: CheckGroup, checks: readonly CheckResult[]): Station {
  const loud = checks.map((check) => (check.quiet ? { ...check, status: 'ok' as const } : check))
  const status = worstFirst.find((each) => loud.some((check) => check.status === each)) ?? 'ok'
  return { name: groupNames[group], status, words: wordsOf(status, loud) }
}

function wordsOf(status: CheckStatus, checks: readonly CheckResult[]): string {
  const count = checks.filter((check) => check.status === status).length
  switch (status) {
    case 'ok':
      return 'In order'
    case 'pending':
      return 'Checking'
    case 'unknown':
      return count === 1 ? '1 not checked' : `${count} not checked`
    case 'advice':
      return count === 1 ? '1 hint' : `${count} hints`
    case 'blocked':
      return count === 1 ? '1 obstacle' : `${count} obstacles`
  }
}

/** What is worth reading, the likeliest cause first; quiet hints come last. */
export function findingsOf({ checks, obstacles }: ReadinessReport): CheckResult[] {
  const barring = obstacles.flatMap((id) => checks.find((check) => check.id === id) ?? [])
  const byStatus = (status: CheckStatus, quiet: boolean) =>
    checks.filter((check) => check.status === status && (check.quiet === true) === quiet)
  return [
    ...barring,
    ...byStatus('advice', false),
    ...byStatus('unknown', false),
    ...byStatus('advice', true),
  ]
}

export interface Verdict {
  level: 'pending' | 'ready' | 'advice' | 'blocked' | 'unknown'
  title: string
  /** One sentence that says what to do. */
  lead: string
}

export function verdictOf(report: ReadinessReport, place: string): Verdict {
  const { checks, obstacles, diagnosis, finishedAt } = report
  const unknown = checks.filter(({ status }) => status === 'unknown').length
  const advice = checks.filter(({ status, quiet }) => status === 'advice' && quiet !== true).length
  if (diagnosis !== undefined) {
    const first = checks.find(({ id }) => id === diagnosis.checkId)
    const root = obstacles.indexOf(diagnosis.rootCheckId) + 1
    const thenReplace = first?.fix?.action === 'replace-task' ? ', then replace the task' : ' first'
    const step = root > 1 ? ` Fix cause ${root}${thenReplace}.` : ''
    return { level: 'blocked', title: `Cannot connect to ${place}`, lead: `${first?.cause ?? ''}${step}` }
  }
  if (finishedAt === undefined)
    return { level: 'pending', title: `Checking ${place}`, lead: 'Each check answers by itself.' }
  const rest = unknown > 0 ? ` ${unknown} of ${checks.length} checks could not be made.` : ''
  if (advice > 0)
    return {
      level: 'advice',
      title: `${place} is ready, with advice`,
      lead: `Nothing that was found keeps a shell from opening.${rest}`,
    }
  return {
    level: unknown === checks.length ? 'unknown' : 'ready',
    title: unknown === checks.length ? `Nothing is known of ${place}` : `${place} is ready for exec`,
    lead: `Nothing that was found keeps a shell from opening.${rest}`,
  }
}

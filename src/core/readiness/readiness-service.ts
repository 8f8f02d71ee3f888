import type { ActivityFacts } from '../../contract/audit.ts'
import type { ClockState } from '../../contract/diagnostics.ts'
import type { Caller, Scope } from '../../contract/identity.ts'
import type { PluginFindings } from '../../contract/plugin.ts'
import type {
  CheckResult,
  Entrants,
  ExecRollout,
  ExecSwitch,
  ReadinessReport,
  ReadinessTask,
} from '../../contract/readiness.ts'
import type { EngineChoice } from '../../contract/session.ts'
import type { AuditService } from '../audit/audit-service.ts'
import type { AwsClients } from '../aws/clients.ts'
import { nameOf, serviceNameOf } from '../catalog/ecs-model.ts'
import type { Clock } from '../clock.ts'
import { createListeners } from '../listeners.ts'
import { allChecks } from './all-checks.ts'
import { diagnose } from './diagnosis.ts'
import { type EntrantsRequest, whoMayEnter } from './entrants.ts'
import { followRollout, switchExec } from './exec-switch.ts'
import { createFacts, type ReadinessFacts } from './facts.ts'
import { pendingResults, runChecks } from './run-checks.ts'

/** Why a shell cannot be opened, what to do about it, and who may. Nothing else in Porthole asks it for leave. */
export interface ReadinessService extends Disposable {
  /** Begins to check, or joins the check of this task that is under way. Answers at once; the rest comes as reports. */
  check(task: ReadinessTask): ReadinessReport
  /** The last report of each task that was checked, as long as the app runs. */
  last(taskArn: string): ReadinessReport | undefined
  /** @throws {PortholeError} ACCESS_DENIED, NOT_FOUND, ... */
  switchExec(request: ExecSwitch): Promise<ExecRollout>
  entrants(request: EntrantsRequest): Promise<Entrants>
  onReport(listener: (report: ReadinessReport) => void): Disposable
  onRollout(listener: (rollout: ExecRollout) => void): Disposable
}

export interface ReadinessDependencies {
  clients: Pick<AwsClients, 'call'>
  caller: (scope: Scope) => Promise<Caller>
  findPlugin: () => Promise<PluginFindings>
  /** Has the catalog look anew instead of at its next turn: who follows a deployment goes on into its tasks. */
  refreshCatalog: () => Promise<void>
  clockState: () => ClockState
  engineChoice: () => EngineChoice
  /** This computer's history. */
  audit: Pick<AuditService, 'history' | 'note'>
  clock: Clock
  log: (message: string) => void
}

/** Reports kept: more than anybody looks at in a day. */
const reportsKept = 200

export function createReadinessService(dependencies: ReadinessDependencies): ReadinessService {
  const { clients, caller, audit, clock, log } = dependencies
  const reportChanged = createListeners<ReadinessReport>()
  const rolloutChanged = createListeners<ExecRollout>()
  const reports = new Map<string, ReadinessReport>()
  const ending = new AbortController()

  function keep(report: ReadinessReport): void {
    const { taskArn } = report.task
    reports.delete(taskArn)
    reports.set(taskArn, report)
    if (reports.size > reportsKept) reports.delete(reports.keys().next().value ?? '')
    reportChanged.emit(report)
  }

  /** The history is kept for people; a full disk must not keep anybody from learning why. */
  async function note(
    scope: Scope,
    facts: Pick<ActivityFacts, 'activity' | 'taskArn' | 'serviceArn' | 'detail'>,
  ) {
    try {
      const { arn: principal, userName } = await caller(scope)
      await audit.note({ ...facts, at: clock.now(), userName, principal })
    } catch (thrown) {
      log(`Noting ${facts.activity} failed: ${String(thrown)}`)
    }
  }

  function lookAnew(): void {
    dependencies.refreshCatalog().catch((thrown) => log(`Looking at the catalog failed: ${String(thrown)}`))
  }

  async function run(begun: ReadinessReport): Promise<void> {
    let report = begun
    const facts = factsOf(dependencies, begun.task)
    const tell = (result: CheckResult) => {
      const checks = report.checks.map((check) => (check.id === result.id ? result : check))
      report = { ...report, checks, ...diagnose(checks) }
      keep(report)
    }
    await runChecks(allChecks, facts, clock.after, tell)
    const serviceName = await facts.task().then(serviceNameOf, () => undefined)
    report = { ...report, finishedAt: clock.now(), ...(serviceName && { serviceName }) }
    keep(report)
    const found = report.diagnosis?.rootCheckId ?? 'nothing'
    await note(begun.task.scope, {
      activity: 'readiness.checked',
      taskArn: begun.task.taskArn,
      detail: { found },
    })
  }

  return {
    check(task) {
      const running = reports.get(task.taskArn)
      if (running && running.finishedAt === undefined) return running
      const report: ReadinessReport = {
        task,
        startedAt: clock.now(),
        checks: pendingResults(allChecks),
        obstacles: [],
      }
      keep(report)
      void run(report)
      return report
    },

    last: (taskArn) => reports.get(taskArn),

    async switchExec(request) {
      const service = await switchExec(clients, request)
      const deployment = service.deployments?.find(({ status }) => status === 'PRIMARY')
      void note(request.scope, {
        activity: request.on ? 'exec.enabled' : 'exec.disabled',
        ...(service.serviceArn && { serviceArn: service.serviceArn }),
        detail: { service: request.serviceName, cluster: nameOf(request.clusterArn) },
      })
      const parts = { clients, clock, signal: ending.signal }
      const tell = (rollout: ExecRollout) => {
        rolloutChanged.emit(rollout)
        if (rollout.phase !== 'rolling') lookAnew()
      }
      // Not awaited: the deployment goes on, whether or not the next look at it works.
      lookAnew()
      void followRollout(parts, request, deployment?.id, tell)
      const { desiredCount = 0, runningCount = 0 } = deployment ?? {}
      return { ...request, phase: 'rolling', desiredCount, runningCount }
    },

    entrants: (request) => whoMayEnter(clients, caller, request),

    onReport: reportChanged.add,
    onRollout: rolloutChanged.add,
    [Symbol.dispose]() {
      ending.abort()
      for (const listeners of [reportChanged, rolloutChanged]) listeners[Symbol.dispose]()
    },
  }
}

function factsOf(dependencies: ReadinessDependencies, task: ReadinessTask): ReadinessFacts {
  const { clients, caller, findPlugin, clockState, engineChoice, audit } = dependencies
  return createFacts(clients, task, {
    caller: () => caller(task.scope),
    plugin: findPlugin,
    clock: clockState,
    engine: engineChoice,
    lastShellAt: async () => {
      const { lines } = await audit.history({ taskArn: task.taskArn })
      return lines.find(({ kind }) => kind === 'session')?.at
    },
  })
}

import type { Settings } from '../../../contract/host.ts'
import type { Clock } from '../../clock.ts'
import type { AuditService } from '../audit-service.ts'
import type { CloudAudit } from '../cloud/cloud-audit.ts'
import type { Actor } from '../viewing.ts'

const daily = 24 * 60 * 60_000

interface RetentionDependencies {
  audit: Pick<AuditService, 'retain' | 'note'>
  /** What AWS told and logged, which is kept as long. */
  cloud: Pick<CloudAudit, 'retain'>
  settings: { get(): Settings; onChanged(listener: (settings: Settings) => void): Disposable }
  actor: () => Promise<Actor>
  clock: Clock
  log: (message: string) => void
}

/** Has recordings destroyed that are due: at start, every day, and when somebody changes how long they are kept. */
export function keepRetention({
  audit,
  cloud,
  settings,
  actor,
  clock,
  log,
}: RetentionDependencies): Disposable {
  let timer: Disposable | undefined
  let known = JSON.stringify(settings.get().retention)

  const apply = async () => {
    timer?.[Symbol.dispose]()
    timer = clock.after(daily, () => void apply())
    try {
      await audit.retain(settings.get().retention)
    } catch (thrown) {
      log(`Old recordings could not be removed: ${String(thrown)}`)
    }
    try {
      await cloud.retain()
    } catch (thrown) {
      log(`What AWS told of old sessions could not be removed: ${String(thrown)}`)
    }
  }

  const changed = settings.onChanged(({ retention }) => {
    if (JSON.stringify(retention) === known) return
    known = JSON.stringify(retention)
    void noteChange(retention).then(apply)
  })
  const noteChange = async ({ days, megabytes }: Settings['retention']) => {
    const detail = { days: String(days ?? 'for ever'), megabytes: String(megabytes ?? 'no limit') }
    try {
      await audit.note({ activity: 'retention.changed', at: clock.now(), ...(await actor()), detail })
    } catch (thrown) {
      log(`That retention was changed could not be noted: ${String(thrown)}`)
    }
  }

  void apply()
  return {
    [Symbol.dispose]() {
      changed[Symbol.dispose]()
      timer?.[Symbol.dispose]()
    },
  }
}

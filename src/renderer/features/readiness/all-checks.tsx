import type { CheckGroup, CheckResult, ReadinessReport } from '../../../contract/readiness.ts'
import { displayText } from '../../ui/display-text.ts'
import styles from './readiness.module.css'
import { groupNames } from './stations.ts'
import { StationIcon } from './way.tsx'

/** Every check with its outcome, station by station. */
export function AllChecks({ report: { checks } }: { report: ReadinessReport }) {
  const groups = [...new Set(checks.map(({ group }) => group))]
  return (
    <aside className={styles.aside} aria-label="All checks">
      <div className={styles.asideHead}>
        <h2>All checks</h2>
        <span>
          {passedOf(checks)} of {checks.length} passed
        </span>
      </div>
      {groups.map((group) => (
        <Group key={group} group={group} checks={checks.filter((check) => check.group === group)} />
      ))}
    </aside>
  )
}

function passedOf(checks: readonly CheckResult[]): number {
  return checks.filter(({ status }) => status === 'ok').length
}

function Group({ group, checks }: { group: CheckGroup; checks: readonly CheckResult[] }) {
  return (
    <section>
      <h3>
        {groupNames[group]}
        <span>
          {passedOf(checks)} of {checks.length}
        </span>
      </h3>
      <ul>
        {checks.map(({ id, title, status, cause }) => (
          <li key={id} className={styles[status]} title={cause && displayText(cause)}>
            <StationIcon status={status} size={11} />
            <span>{title}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}

import type { ReadinessReport } from '../../../contract/readiness.ts'
import { classNames } from '../../ui/class-names.ts'
import { Spinner } from '../../ui/glyphs.tsx'
import { AlertIcon, CheckIcon, CloseIcon, MinusIcon } from '../../ui/icons.ts'
import styles from './readiness.module.css'
import { type Station, stationsOf } from './stations.ts'

/** The stops between this computer and the shell, and where the way ends. */
export function Way({ report }: { report: ReadinessReport }) {
  return (
    <ol className={styles.way}>
      {stationsOf(report).map((station) => (
        <li key={station.name} className={styles[classOf(station)]}>
          <span className={styles.mark}>
            <StationIcon status={station.status} />
          </span>
          <b>{station.name}</b>
          <span className={styles.stationWords}>{station.words}</span>
        </li>
      ))}
    </ol>
  )
}

function classOf({ status }: Station): string {
  return status === 'not-reached' ? 'notReached' : status
}

export function StationIcon({ status, size = 13 }: { status: Station['status']; size?: number }) {
  switch (status) {
    case 'ok':
      return <CheckIcon size={size} stroke={2} aria-label="in order" />
    case 'advice':
      return <AlertIcon size={size} stroke={2} aria-label="advice" />
    case 'blocked':
      return <CloseIcon size={size} stroke={2} aria-label="bars the way" />
    case 'pending':
      return <Spinner size={size} />
    default:
      return (
        <MinusIcon size={size} stroke={2} aria-label="not checked" className={classNames(styles.minus)} />
      )
  }
}

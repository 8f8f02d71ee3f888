import styles from './avatar.module.css'
import { classNames } from './class-names.ts'
import { displayText } from './display-text.ts'

/** The first letter of a person's name, for eyes alone: the name itself always stands beside it. */
export function Avatar({ userName, self = false }: { userName: string; self?: boolean }) {
  return (
    <span className={classNames(styles.avatar, self && styles.self)} aria-hidden>
      {displayText([...userName][0] ?? '?').toUpperCase()}
    </span>
  )
}

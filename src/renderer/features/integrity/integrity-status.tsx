import type { ErrorValue } from '../../../contract/errors.ts'
import type { IntegrityReport } from '../../../contract/integrity.ts'
import { classNames } from '../../ui/class-names.ts'
import { AlertIcon, VerifiedIcon } from '../../ui/icons.ts'
import styles from './integrity.module.css'
import { checkedText, statusWords } from './integrity-words.ts'

/** One line of result and one of when: for the dialog, and for the foot of the audit document. */
export function IntegrityStatus({
  report,
  problems,
}: {
  report: IntegrityReport | undefined
  problems: readonly ErrorValue[]
}) {
  const { title, tone } = statusWords(report, problems)
  const Icon = tone === 'bad' ? AlertIcon : VerifiedIcon
  return (
    <div className={classNames(styles.status, styles[tone])} role="status">
      <Icon size={16} stroke={1.75} aria-hidden />
      <div>
        <b>{title}</b>
        <span>
          {report === undefined ? 'Not checked since Porthole started' : checkedText(report, Date.now())}
        </span>
      </div>
    </div>
  )
}

import type { RecordAct } from '../../../../contract/record-acts.ts'
import { useServices } from '../../../app/services.ts'
import { classNames } from '../../../ui/class-names.ts'
import type { MenuEntry } from '../../../ui/context-menu.tsx'
import { displayText } from '../../../ui/display-text.ts'
import { TaskIcon } from '../../../ui/icons.ts'
import { Name } from '../../../ui/name.tsx'
import { ActRow } from '../act-row.tsx'
import styles from '../audit.module.css'
import { openTaskOfRecord } from '../task-of-record.ts'
import { actWords, howMuch, isAlarming } from './act-words.ts'

/** One act: who, what, how much, and of which task where there is one. */
export function RecordActRow({ act, now }: { act: RecordAct; now: number }) {
  const services = useServices()
  const { kind, userName, taskArn, serviceArn, at } = act
  const { icon, words, alone } = actWords[kind]
  const open = () => taskArn !== undefined && void openTaskOfRecord(services, taskArn)
  const subject = taskArn ?? serviceArn
  const amount = howMuch(act)
  return (
    <ActRow
      icon={icon}
      at={at}
      now={now}
      open={taskArn === undefined ? undefined : { title: 'Open the page of the task', run: open }}
      menu={() => menuOf(act, open)}
      what={
        <span className={classNames(isAlarming(act) && styles.alarming)}>
          {userName === undefined ? (
            <b>{alone ?? words}</b>
          ) : (
            <>
              <b>
                <Name text={userName} />
              </b>{' '}
              {words}
            </>
          )}
        </span>
      }
      moreTitle={displayText(Object.values(act.detail).join(', '))}
      more={
        <>
          {displayText(amount)}
          {amount !== '' && subject !== undefined && ' · '}
          {subject !== undefined && <Name text={shortName(subject)} />}
        </>
      }
    />
  )
}

/** Cluster and task, or cluster and service, as far as an ARN has them. */
function shortName(arn: string): string {
  const [kind = '', ...names] = arn.slice(arn.lastIndexOf(':') + 1).split('/')
  const last = names.at(-1) ?? ''
  const shown = kind === 'task' ? [...names.slice(0, -1), last.slice(0, 8)] : names
  return `${kind} ${shown.join(' / ')}`
}

function menuOf({ taskArn, principal, detail }: RecordAct, open: () => void): MenuEntry[] {
  const copies: [string, string | undefined][] = [
    ['Copy task ARN', taskArn],
    ['Copy principal ARN', principal],
    ['Copy SHA-256', detail.sha256],
    ['Copy details', Object.keys(detail).length === 0 ? undefined : JSON.stringify(detail)],
  ]
  const shown = copies.flatMap(([label, text]): MenuEntry[] =>
    text === undefined ? [] : [{ label, run: () => void navigator.clipboard.writeText(text) }],
  )
  const entries: MenuEntry[] = [
    ...(taskArn === undefined ? [] : [{ label: 'Open task page', icon: TaskIcon, run: open }]),
    ...shown,
  ]
  return entries.length === 0 ? [{ heading: 'Nothing more is known' }] : entries
}

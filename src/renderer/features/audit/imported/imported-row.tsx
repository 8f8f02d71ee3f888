import type { CloudEvent, ImportedShell } from '../../../../contract/cloud-audit.ts'
import { useServices } from '../../../app/services.ts'
import { groupedAccountId } from '../../../ui/account-id.ts'
import type { MenuEntry } from '../../../ui/context-menu.tsx'
import { displayText } from '../../../ui/display-text.ts'
import { RefusedIcon, ShellIcon, TaskIcon, UserIcon } from '../../../ui/icons.ts'
import { Name } from '../../../ui/name.tsx'
import { formatDuration } from '../../../ui/time.ts'
import { SourceBadge } from '../../task/source-badge.tsx'
import { clientWords } from '../../transcript/client-words.ts'
import { ActRow } from '../act-row.tsx'
import { openTaskOfRecord } from '../task-of-record.ts'
import styles from './cloud-files.module.css'

/** A shell, or an attempt, that only a file told of. */
export function ImportedRow({
  shell,
  now,
  canOpen,
  onFilter,
}: {
  shell: ImportedShell
  now: number
  /** Its task can be shown. */
  canOpen: boolean
  onFilter: (filter: { userName?: string; text?: string }) => void
}) {
  const services = useServices()
  const { userName, containerName, clusterName, taskId, region, at, endedAt, refusal } = shell
  const { taskArn } = shell
  const open = () => taskArn !== undefined && void openTaskOfRecord(services, taskArn)
  const menu = (): MenuEntry[] => [
    { label: canOpen ? 'Open task page' : noTask, icon: TaskIcon, disabled: !canOpen, run: open },
    'divider',
    {
      label: `Only sessions of ${displayText(userName)}`,
      icon: UserIcon,
      run: () => onFilter({ userName }),
    },
    { label: 'Only this task', icon: TaskIcon, run: () => onFilter({ text: taskId }) },
    'divider',
    ...copiesOf(shell).map(
      ([label, text]): MenuEntry => ({ label, run: () => void navigator.clipboard.writeText(text) }),
    ),
  ]
  return (
    <ActRow
      icon={refusal === undefined ? ShellIcon : RefusedIcon}
      at={at}
      now={now}
      open={canOpen ? { title: 'Open the page of the task', run: open } : undefined}
      menu={menu}
      what={
        <>
          <b>
            <Name text={userName} />
          </b>
          {refusal === undefined ? ' in ' : ' was refused in '}
          <Name text={containerName ?? 'a container'} /> of <Name text={clusterName ?? 'a cluster'} />{' '}
          <span className={styles.mono}>{displayText(taskId.slice(0, 8))}</span>
          {endedAt !== undefined && `, ${formatDuration(endedAt - at)}`}
        </>
      }
      moreTitle={whence(shell)}
      more={
        <>
          {shell.kind === 'direct' && (
            <span className={styles.danger}>Went around ECS with ssm:StartSession. </span>
          )}
          <Name text={groupedAccountId(shell.accountId)} />, <Name text={region} />. {whence(shell)}
        </>
      }
      badge={<SourceBadge event={shell} />}
    />
  )
}

const noTask = 'None of your accounts has this task'

function copiesOf({ taskArn, taskId, awsSessionId, command }: ImportedShell): [string, string][] {
  return [
    ['Copy task ID', taskId],
    ...(taskArn === undefined ? [] : [['Copy task ARN', taskArn] satisfies [string, string]]),
    ...(awsSessionId === undefined ? [] : [['Copy session ID', awsSessionId] satisfies [string, string]]),
    ...(command === undefined ? [] : [['Copy command', command] satisfies [string, string]]),
  ]
}

function whence({ client, sourceIp, command, refusal }: CloudEvent): string {
  const words = [
    `${clientWords[client]}${sourceIp === undefined ? '' : ` from ${sourceIp}`}.`,
    ...(command === undefined ? [] : [command]),
    ...(refusal === undefined ? [] : [refusal.code]),
  ]
  return displayText(words.join(' '))
}

import { type MouseEvent, memo } from 'react'
import type { Task } from '../../../contract/catalog.ts'
import { useRunCommand } from '../../app/commands/use-commands.ts'
import { accountName } from '../../app/stores/accounts-store.ts'
import { IconButton } from '../../ui/button.tsx'
import { classNames } from '../../ui/class-names.ts'
import { useContextMenu } from '../../ui/context-menu.tsx'
import { displayText } from '../../ui/display-text.ts'
import { EnvironmentSquare } from '../../ui/environment.tsx'
import { Spinner } from '../../ui/glyphs.tsx'
import {
  ChevronDownIcon,
  ChevronRightIcon,
  ClusterIcon,
  ContainerIcon,
  PlusIcon,
  ServiceIcon,
  ShellIcon,
  TaskIcon,
} from '../../ui/icons.ts'
import { Name } from '../../ui/name.tsx'
import { exitText, stopSummary } from '../../ui/stop-words.ts'
import { formatDuration } from '../../ui/time.ts'
import { useNow } from '../../ui/use-now.ts'
import styles from './navigator.module.css'
import { ProblemContents } from './problem-contents.tsx'
import { useRowMenu } from './row-menu.ts'
import { Actions, Glyphs, Meta, Skeleton, stopped } from './row-parts.tsx'
import type { TreeRow } from './tree-rows.ts'
import type { RowActions } from './tree-view.tsx'

interface RowProps {
  row: TreeRow
  domId: string
  index: number
  top: number
  /** For rows whose text may need more than one line. */
  measure: (element: HTMLElement | null) => void
  selected: boolean
  actions: RowActions
}

export const TreeRowView = memo(function TreeRowView({
  row,
  domId,
  index,
  top,
  measure,
  selected,
  actions,
}: RowProps) {
  const openMenu = useContextMenu()
  const menuOf = useRowMenu()

  const showMenu = (event: MouseEvent) => {
    actions.select(row)
    openMenu(event, menuOf(row))
  }
  const click = () => {
    actions.select(row)
    actions.toggle(row)
    if (row.kind === 'other-account' || row.kind === 'choose-account') actions.open(row, false)
  }

  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree around it handles the keys
    // biome-ignore lint/a11y/useFocusableInteractive: the tree keeps the focus and names its active row
    <div
      id={domId}
      ref={row.kind === 'problem' ? measure : undefined}
      data-index={index}
      title={titleOf(row)}
      className={classNames(styles.row, styles[`level${row.level}`], isLive(row) && styles.live)}
      style={{ transform: `translateY(${top}px)` }}
      role="treeitem"
      aria-level={row.level + 1}
      aria-selected={selected}
      aria-expanded={row.expanded}
      onClick={click}
      onDoubleClick={() => row.target !== undefined && row.kind !== 'account' && actions.open(row, false)}
      onContextMenu={showMenu}
    >
      {row.level < 4 && row.kind !== 'problem' && row.kind !== 'note' && (
        <span className={styles.twist}>
          {row.expanded === true && <ChevronDownIcon size={12} stroke={2} aria-hidden />}
          {row.expanded === false && <ChevronRightIcon size={12} stroke={2} aria-hidden />}
        </span>
      )}
      <RowContents row={row} showMenu={showMenu} />
    </div>
  )
})

/** Names that may not fit into a narrow navigator. */
function titleOf(row: TreeRow): string | undefined {
  switch (row.kind) {
    case 'account':
      return displayText(accountName(row.view.account))
    case 'other-account':
      return displayText(accountName(row.account))
    case 'cluster':
      return displayText(row.name)
    case 'service':
      return displayText(row.service.name)
    case 'container':
      return displayText(row.container.name)
    default:
      return undefined
  }
}

function isLive(row: TreeRow): boolean {
  return (row.kind === 'task' || row.kind === 'container') && row.live
}

function RowContents({ row, showMenu }: { row: TreeRow; showMenu: (event: MouseEvent) => void }) {
  switch (row.kind) {
    case 'account': {
      const { account, roleName } = row.view
      return (
        <>
          <EnvironmentSquare environment={account.environment} />
          <Name className={styles.name} text={accountName(account)} />
          <span className={styles.secondary} />
          <Meta>
            {row.loading ? (
              <Spinner size={12} />
            ) : (
              <span
                title={roleName === undefined ? account.accountId : `${account.accountId}, as ${roleName}`}
              >
                …{account.accountId.slice(-4)}
              </span>
            )}
          </Meta>
          <Actions showMenu={showMenu} />
          <Glyphs />
        </>
      )
    }
    case 'other-account':
      return (
        <>
          <EnvironmentSquare environment={row.account.environment} />
          <Name className={classNames(styles.name, styles.pending)} text={accountName(row.account)} />
          <span className={styles.secondary} />
          <Meta>
            <span title={row.account.accountId}>…{row.account.accountId.slice(-4)}</span>
          </Meta>
          <Glyphs />
        </>
      )
    case 'choose-account':
      return (
        <>
          <PlusIcon size={15} stroke={1.6} aria-hidden />
          <span className={styles.name}>Choose account…</span>
          <span className={styles.secondary} />
          <Meta>{row.total.toLocaleString('en')}</Meta>
          <Glyphs />
        </>
      )
    case 'cluster':
      return (
        <>
          <ClusterIcon size={15} stroke={1.6} aria-hidden />
          <Name
            className={classNames(styles.name, row.taskCount === undefined && styles.pending)}
            text={row.name}
          />
          <span className={styles.secondary} />
          <Meta>{row.taskCount === undefined ? <Skeleton /> : !row.refused && countOf(row.taskCount)}</Meta>
          <Glyphs />
        </>
      )
    case 'environment':
      return (
        <>
          <ClusterIcon size={15} stroke={1.6} aria-hidden />
          <Name className={styles.name} text={row.application} />
          <Name className={styles.secondary} text={row.environment} />
          <Meta>{countOf(row.taskCount)}</Meta>
          <Glyphs />
        </>
      )
    case 'service': {
      const { runningCount, desiredCount, name } = row.service
      return (
        <>
          <ServiceIcon size={15} stroke={1.6} aria-hidden />
          <Name className={styles.name} text={name} />
          <span className={styles.secondary} />
          <Meta>
            {runningCount}/{desiredCount}
          </Meta>
          <Glyphs touched={row.touched} readiness={row.readiness} />
        </>
      )
    }
    case 'standalone':
      return (
        <>
          <TaskIcon size={15} stroke={1.6} aria-hidden />
          <span className={styles.name}>Standalone</span>
          <span className={styles.secondary} />
          <Meta>{row.taskCount}</Meta>
          <Glyphs />
        </>
      )
    case 'task':
      return <TaskContents row={row} showMenu={showMenu} />
    case 'container':
      return <ContainerContents row={row} showMenu={showMenu} />
    case 'problem':
      return <ProblemContents row={row} />
    case 'note':
      return <span className={styles.note}>{displayText(row.text)}</span>
  }
}

function TaskContents({
  row,
  showMenu,
}: {
  row: Extract<TreeRow, { kind: 'task' }>
  showMenu: (event: MouseEvent) => void
}) {
  const run = useRunCommand()
  const now = useNow('minute')
  const { task } = row
  return (
    <>
      <TaskIcon size={15} stroke={1.6} aria-hidden />
      <span className={styles.name} title={`${task.id}${stoppedWords(task, now)}`}>
        <Name className={styles.mono} text={task.id.slice(0, 8)} />
      </span>
      <span className={styles.secondary}>
        {task.status === 'RUNNING' ? '' : displayText(stopSummary(task) ?? task.status.toLowerCase())}
      </span>
      <Meta>{ageText(task, now)}</Meta>
      <Actions showMenu={showMenu}>
        <IconButton label="Task page" tabIndex={-1} onClick={stopped(() => run('task.open', row.target))}>
          <TaskIcon size={14} stroke={1.75} aria-hidden />
        </IconButton>
      </Actions>
      <Glyphs touched={row.touched} taskArn={task.arn} readiness={task.readiness} />
    </>
  )
}

function ContainerContents({
  row,
  showMenu,
}: {
  row: Extract<TreeRow, { kind: 'container' }>
  showMenu: (event: MouseEvent) => void
}) {
  const run = useRunCommand()
  return (
    <>
      <ContainerIcon size={15} stroke={1.6} aria-hidden />
      <Name className={styles.name} text={row.container.name} />
      <span className={styles.secondary} />
      <Meta>{row.stopped && exitText(row.container)}</Meta>
      <Actions showMenu={showMenu}>
        {!row.stopped && (
          <IconButton label="Open shell" tabIndex={-1} onClick={stopped(() => run('shell.open', row.target))}>
            <ShellIcon size={14} stroke={1.75} aria-hidden />
          </IconButton>
        )}
      </Actions>
      <Glyphs
        touched={row.touched}
        taskArn={row.target?.kind === 'container' ? row.target.container.taskArn : undefined}
        readiness={row.container.readiness}
      />
    </>
  )
}

/** How long it has been running, or how long ago it stopped. */
function ageText({ status, startedAt, stoppedAt }: Task, now: number): string | undefined {
  const since = status === 'STOPPED' ? stoppedAt : startedAt
  return since === undefined ? undefined : formatDuration(now - since)
}

function stoppedWords({ status, stoppedAt, stoppedReason }: Task, now: number): string {
  if (status !== 'STOPPED' || stoppedAt === undefined) return ''
  return `\nStopped ${formatDuration(now - stoppedAt)} ago: ${displayText(stoppedReason ?? 'no reason told')}`
}

function countOf(tasks: number): string {
  return tasks === 1 ? '1 task' : `${tasks.toLocaleString('en')} tasks`
}

import type { MouseEvent } from 'react'
import type { Container, Task } from '../../../contract/catalog.ts'
import { useRunCommand } from '../../app/commands/use-commands.ts'
import type { Target } from '../../app/documents/target.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { useContextMenu } from '../../ui/context-menu.tsx'
import { CopyButton } from '../../ui/copy-button.tsx'
import { displayText } from '../../ui/display-text.ts'
import { TouchedGlyph } from '../../ui/glyphs.tsx'
import { ChevronDownIcon, ContainerIcon, LogsIcon, PlayIcon, ReplaceIcon, ShellIcon } from '../../ui/icons.ts'
import { Name } from '../../ui/name.tsx'
import { Crumbs, Fact, PageHead } from '../../ui/page.tsx'
import { formatDuration, formatMoment } from '../../ui/time.ts'
import { peopleWords, touchedWords } from '../../ui/touched-words.ts'
import { useNow } from '../../ui/use-now.ts'
import { lastShells, type Visit } from './audit-entries.ts'
import styles from './task.module.css'
import { TaskAddresses } from './task-addresses.tsx'
import { phaseOf, platformText, sizeText, type TaskPhase, takesShells } from './task-words.ts'
import type { TaskPage } from './use-task-page.ts'

export function TaskHead({ page }: { page: TaskPage }) {
  const { ref, task, gone, touched } = page
  const shown = task ?? page.snapshot?.task
  const serviceName = ref.serviceName ?? shown?.serviceName
  const family = shown?.taskDefinition.split(':')[0]
  return (
    <PageHead
      crumbs={
        <Crumbs
          crumbs={[
            { text: ref.accountName ?? ref.scope.accountId },
            { text: ref.clusterName },
            { text: serviceName ?? 'Standalone task' },
          ]}
        />
      }
      title={
        <>
          <h1>
            <Name text={serviceName ?? family ?? ref.clusterName} />
          </h1>
          <span className={styles.taskId}>
            <Name text={ref.taskId} />
            <CopyButton text={ref.taskId} label="Copy task ID" />
          </span>
          {task !== undefined && <PhaseBadge phase={phaseOf(task)} />}
          {gone && <Badge>Gone</Badge>}
          {touched !== undefined && (
            <Badge tone="warn">
              <span className={styles.touched}>
                <TouchedGlyph label={touchedWords(touched, Date.now())} />
              </span>
              Touched by {peopleWords(touched.people)},{' '}
              {touched.sessions === 1 ? '1 session' : `${touched.sessions} sessions`}
            </Badge>
          )}
        </>
      }
      actions={task !== undefined && takesShells(task) && <Actions page={page} task={task} />}
    >
      {shown !== undefined && <TaskFacts page={page} task={shown} />}
    </PageHead>
  )
}

const phases: Record<TaskPhase, { tone: 'ok' | 'info' | 'warn' | 'neutral'; word: string }> = {
  starting: { tone: 'info', word: 'Starting' },
  running: { tone: 'ok', word: 'Running' },
  stopping: { tone: 'warn', word: 'Stopping' },
  stopped: { tone: 'neutral', word: 'Stopped' },
}

function PhaseBadge({ phase }: { phase: TaskPhase }) {
  const { tone, word } = phases[phase]
  return (
    <Badge tone={tone}>
      {phase === 'running' && <PlayIcon size={12} stroke={2} aria-hidden />}
      {word}
    </Badge>
  )
}

function Actions({ page, task }: { page: TaskPage; task: Task }) {
  const run = useRunCommand()
  const target: Target = { kind: 'task', task: page.ref }
  return (
    <>
      <Button onClick={() => run('logs.open', target)}>
        <LogsIcon size={14} stroke={1.75} aria-hidden />
        Logs
      </Button>
      <Button onClick={() => run('task.replace', target)}>
        <ReplaceIcon size={14} stroke={1.75} aria-hidden />
        Replace task…
      </Button>
      <OpenShell page={page} task={task} />
    </>
  )
}

/** A shell in the container used last; the arrow offers all of them. */
function OpenShell({ page, task }: { page: TaskPage; task: Task }) {
  const run = useRunCommand()
  const openMenu = useContextMenu()
  const usual = usualContainer(task, page.visits)
  if (usual === undefined) return null
  const open = ({ name, readiness }: Container) =>
    run('shell.open', { kind: 'container', container: { ...page.ref, containerName: name }, readiness })
  const menu = (event: MouseEvent) =>
    openMenu(
      event,
      task.containers.map((container) => ({
        label: displayText(container.name),
        icon: ContainerIcon,
        run: () => open(container),
      })),
    )
  return (
    <span className={styles.split}>
      <Button
        variant="primary"
        title={`Open a shell in ${displayText(usual.name)}`}
        onClick={() => open(usual)}
      >
        <ShellIcon size={14} stroke={1.75} aria-hidden />
        Open shell
      </Button>
      {task.containers.length > 1 && (
        <Button
          variant="primary"
          aria-label="Choose a container"
          title="Choose a container"
          onClick={menu}
          onContextMenu={menu}
        >
          <ChevronDownIcon size={12} stroke={2} aria-hidden />
        </Button>
      )}
    </span>
  )
}

function usualContainer({ containers }: Task, visits: readonly Visit[]): Container | undefined {
  const last = [...lastShells(visits).values()].toSorted((left, right) => right.startedAt - left.startedAt)
  const used = last.map(({ containerName }) => containers.find(({ name }) => name === containerName))
  return (
    used.find((container) => container !== undefined) ??
    containers.find(({ readiness }) => readiness.level === 'ready') ??
    containers[0]
  )
}

function TaskFacts({ page, task }: { page: TaskPage; task: Task }) {
  const size = sizeText(task)
  return (
    <>
      <Fact label="Platform">
        <Name text={platformText(task)} />
      </Fact>
      <Fact label="Task definition">
        <Name text={task.taskDefinition} />
      </Fact>
      {page.task === undefined ? <StartedAt task={task} /> : <Uptime task={task} />}
      {size !== undefined && <Fact label="Size">{size}</Fact>}
      {task.availabilityZone !== undefined && (
        <Fact label="Zone">
          <Name text={task.availabilityZone} />
        </Fact>
      )}
      {task.privateIp !== undefined && (
        <Fact label="Private IP" mono>
          <Name text={task.privateIp} />
        </Fact>
      )}
      <TaskAddresses page={page} task={task} />
    </>
  )
}

function Uptime({ task: { startedAt } }: { task: Task }) {
  const now = useNow('minute')
  if (startedAt === undefined) return null
  return (
    <Fact label="Uptime">
      {formatDuration(now - startedAt)}{' '}
      <span className={styles.quiet}>since {formatMoment(startedAt, now)}</span>
    </Fact>
  )
}

function StartedAt({ task: { startedAt } }: { task: Task }) {
  const now = useNow('minute')
  if (startedAt === undefined) return null
  return <Fact label="Started">{formatMoment(startedAt, now)}</Fact>
}

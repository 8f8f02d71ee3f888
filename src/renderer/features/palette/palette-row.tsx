import { Fragment, type MouseEvent } from 'react'
import { keyCaps } from '../../app/commands/keys.ts'
import { findTerminal } from '../../app/documents/documents-store.ts'
import { useDocuments, useServiceStore, useServices } from '../../app/services.ts'
import { isLive } from '../../app/stores/sessions-store.ts'
import { classNames } from '../../ui/class-names.ts'
import { EnvironmentSquare } from '../../ui/environment.tsx'
import { ReadinessGlyph, TouchedGlyph } from '../../ui/glyphs.tsx'
import {
  AuditIcon,
  CheckIcon,
  ChevronDownIcon,
  ChevronRightIcon,
  RegionIcon,
  SettingsIcon,
  ShellIcon,
  UserIcon,
} from '../../ui/icons.ts'
import { Keys } from '../../ui/kbd.tsx'
import { Name } from '../../ui/name.tsx'
import { formatDuration, formatMoment } from '../../ui/time.ts'
import { useNow } from '../../ui/use-now.ts'
import { useTouched } from '../navigator/use-tree.ts'
import { AccessRow } from './access-row.tsx'
import { FavouriteButton, PlaceStar } from './favourite-button.tsx'
import { Highlight } from './highlight.tsx'
import styles from './palette.module.css'
import type { RecordedMatch } from './recorded-group.ts'
import type { CatalogMatch } from './search-catalog.ts'
import type { PaletteItem } from './use-palette.ts'

export function PaletteRow({
  item,
  domId,
  selected,
  onPoint,
  onChoose,
}: {
  item: PaletteItem
  domId: string
  selected: boolean
  onPoint: () => void
  onChoose: (event: MouseEvent) => void
}) {
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the input above has the keyboard
    <div
      id={domId}
      className={styles.row}
      role="option"
      aria-selected={selected}
      tabIndex={-1}
      onPointerMove={selected ? undefined : onPoint}
      onClick={onChoose}
    >
      <RowContents item={item} />
    </div>
  )
}

function RowContents({ item }: { item: PaletteItem }) {
  switch (item.kind) {
    case 'container':
    case 'task':
      return <CatalogRow match={item.match} isTask={item.kind === 'task'} />
    case 'command':
      return <CommandRow item={item} />
    case 'recorded':
      return <RecordedRow match={item.match} />
    case 'access':
      return <AccessRow match={item.match} />
    case 'choice':
      return (
        <>
          <span className={styles.icon}>
            {item.choice.current ? (
              <CheckIcon size={14} stroke={1.75} aria-hidden />
            ) : item.choice.of === 'region' ? (
              <RegionIcon size={14} stroke={1.75} aria-hidden />
            ) : item.choice.of === 'setting' ? (
              <SettingsIcon size={14} stroke={1.75} aria-hidden />
            ) : (
              <UserIcon size={14} stroke={1.75} aria-hidden />
            )}
          </span>
          <Highlight className={styles.title} text={item.choice.id} ranges={item.choice.ranges} />
          <Name className={styles.crumbs} text={item.choice.note} />
          <span className={styles.end}>
            {item.choice.current && 'Now'}
            {item.choice.of === 'region' && <FavouriteButton list="favouriteRegions" item={item.choice.id} />}
          </span>
        </>
      )
    case 'more':
      return (
        <>
          <span className={styles.icon}>
            <ChevronDownIcon size={14} stroke={1.75} aria-hidden />
          </span>
          <span className={styles.crumbs}>Show {item.hidden.toLocaleString('en')} more</span>
        </>
      )
  }
}

function CommandRow({ item }: { item: Extract<PaletteItem, { kind: 'command' }> }) {
  const { commands, host } = useServices()
  const { icon: Icon, title, group, value } = item.command
  const binding = commands.bindings(item.command)[0]
  return (
    <>
      <span className={styles.icon}>
        {Icon !== undefined && <Icon size={14} stroke={1.75} aria-hidden />}
      </span>
      <Highlight className={styles.title} text={title} ranges={item.ranges} />
      <span className={styles.crumbs}>{group}</span>
      <span className={styles.end}>
        {value !== undefined && <Name className={styles.value} text={value()} />}
        {binding !== undefined && <Keys caps={keyCaps(binding.key, host)} />}
      </span>
    </>
  )
}

function RecordedRow({ match: { session, hit } }: { match: RecordedMatch }) {
  const now = useNow('minute')
  const { userName, container, startedAt } = session
  const { serviceName, clusterName, containerName } = container
  return (
    <>
      <span className={styles.icon}>
        <AuditIcon size={14} stroke={1.75} aria-hidden />
      </span>
      <Highlight
        className={classNames(styles.title, styles.mono)}
        text={hit.text}
        ranges={hit.highlights.flat()}
      />
      <Name
        className={styles.crumbs}
        text={`${userName}, ${serviceName ?? clusterName} / ${containerName}`}
      />
      <span className={styles.end}>{formatMoment(startedAt + hit.at, now)}</span>
    </>
  )
}

function CatalogRow({ match, isTask }: { match: CatalogMatch; isTask: boolean }) {
  const { ref, container, task } = match.entry
  const touched = useTouched().get(ref.taskArn)
  const readiness = isTask ? task.readiness : container.readiness
  return (
    <>
      <EnvironmentSquare environment={ref.environment} />
      <Highlight
        className={classNames(styles.title, isTask && styles.mono)}
        text={match.fields.name}
        ranges={match.nameRanges}
      />
      <span className={styles.crumbs}>
        {match.fields.crumbs.map((crumb, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the place of a crumb is what it is
          <Fragment key={index}>
            {index > 0 && <ChevronRightIcon size={10} stroke={2} aria-hidden />}
            <Highlight
              className={!isTask && index === 1 ? styles.mono : undefined}
              text={crumb}
              ranges={match.crumbRanges[index] ?? []}
            />
          </Fragment>
        ))}
      </span>
      <span className={styles.end}>
        <State match={match} isTask={isTask} />
        {(isTask ? touched !== undefined : touched?.has(ref.containerName)) && <TouchedGlyph />}
        <ReadinessGlyph readiness={readiness} />
        {!isTask && <PlaceStar match={match} />}
      </span>
    </>
  )
}

/** What matters most about it now: a tab is open, it cannot be entered, or how long it has run. */
function State({ match, isTask }: { match: CatalogMatch; isTask: boolean }) {
  const now = useNow('minute')
  const { ref, container, task } = match.entry
  const open = useDocuments((state) => findTerminal(state, ref.taskArn, ref.containerName))
  const session = useServiceStore('sessions', ({ sessions }) => sessions[open?.sessionId ?? ''])
  if (!isTask && open !== undefined)
    return (
      <span className={styles.open}>
        <ShellIcon size={12} stroke={2} aria-hidden />
        {session !== undefined && isLive(session) ? 'Open now' : 'Ended, in a tab'}
      </span>
    )
  if (!isTask && container.readiness.level === 'blocked' && container.readiness.reason !== undefined)
    return <Name className={styles.blocked} text={container.readiness.reason} />
  return task.startedAt === undefined ? null : <span>{formatDuration(now - task.startedAt)}</span>
}

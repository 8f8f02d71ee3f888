import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, type RefObject, useDeferredValue, useEffect, useId, useMemo } from 'react'
import { navigatorStopAttribute, useRunCommand } from '../../app/commands/use-commands.ts'
import { findTerminal } from '../../app/documents/documents-store.ts'
import { useServiceStore, useServices } from '../../app/services.ts'
import { Button } from '../../ui/button.tsx'
import { displayText } from '../../ui/display-text.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { SearchIcon } from '../../ui/icons.ts'
import { chooseAccount } from '../palette/choose-account.ts'
import { filterHelp } from './filter.ts'
import styles from './navigator.module.css'
import { usePlaceRowIds } from './place-rows.ts'
import { firstMatchIndex, parentIndex, rowsAbove } from './tree-moves.ts'
import { TreeRowView } from './tree-row.tsx'
import type { TreeRow } from './tree-rows.ts'
import { useTree } from './use-tree.ts'

/** `--h-row` of the tokens, in pixels: the virtual list must know it without measuring. */
const rowHeight = 26
/** Rows drawn beyond the edges, so that a flick of the wheel shows no gap. */
const overscan = 12

/** A tree of many thousand rows of which a screenful is drawn. One stop for the Tab key; arrows move inside. */
export function TreeView({
  element,
  onFilter,
}: {
  element: RefObject<HTMLDivElement | null>
  onFilter: () => void
}) {
  const { navigator, workspace } = useServices()
  // Typing stays ahead of a long list.
  const filter = useDeferredValue(useServiceStore('navigator', (state) => state.filter))
  const rows = useTree(filter)
  const isFiltered = filter !== ''
  const selectedId = useServiceStore('navigator', (state) => state.selectedId)
  const selectedIndex = rows.findIndex(({ id }) => id === selectedId)
  const placeIds = usePlaceRowIds()
  const isAbove = selectedId !== undefined && placeIds.includes(selectedId)
  const actions = useRowActions()
  const prefix = useId()

  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => element.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => rows[index]?.id ?? index,
    overscan,
  })
  // Rows come and go around the selection; it is followed only when it moves by hand or out of a filter.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => {
    if (selectedIndex >= 0) virtual.scrollToIndex(selectedIndex)
  }, [selectedId, isFiltered])

  const select = (index: number) => {
    const row = rows[Math.max(0, Math.min(rows.length - 1, index))]
    if (row !== undefined) actions.select(row)
  }

  /** First out of the filter, with what was found still in sight; then back to the document one came from. */
  const leave = () => {
    const { filter: filterNow, toggled } = navigator.getState()
    if (filterNow === '') return workspace.stage?.focus()
    const opened = Object.fromEntries(rowsAbove(rows, selectedIndex).map(({ id }) => [id, true]))
    navigator.setState({ filter: '', toggled: { ...toggled, ...opened } })
  }

  const press = (event: KeyboardEvent) => {
    const row = rows[selectedIndex]
    if (event.key === '/') onFilter()
    else if (event.key === 'Escape') leave()
    else if (event.key === 'ArrowDown') select(selectedIndex + 1)
    else if (event.key === 'ArrowUp' && selectedIndex === 0 && placeIds.length > 0)
      navigator.setState({ selectedId: placeIds.at(-1), target: undefined })
    else if (event.key === 'ArrowUp') select(selectedIndex < 0 ? rows.length - 1 : selectedIndex - 1)
    else if (event.key === 'Home') select(0)
    else if (event.key === 'End') select(rows.length - 1)
    else if (event.key === 'PageDown') select(selectedIndex + pageOf(element.current))
    else if (event.key === 'PageUp') select(selectedIndex - pageOf(element.current))
    else if (row === undefined) return
    else if (event.key === 'ArrowRight') {
      if (row.expanded === false) actions.toggle(row)
      else if (row.expanded === true) select(selectedIndex + 1)
    } else if (event.key === 'ArrowLeft') {
      if (row.expanded === true) actions.toggle(row)
      else select(parentIndex(rows, selectedIndex) ?? selectedIndex)
    } else if (event.key === 'Enter' && !event.altKey) actions.open(row, event.ctrlKey || event.metaKey)
    else if (event.key === ' ') actions.toggle(row)
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  if (rows.length === 0 && isFiltered)
    return (
      <div className={styles.list}>
        <EmptyState
          icon={SearchIcon}
          title={`Nothing matches “${displayText(filter)}”`}
          action={
            <Button size="small" onClick={() => navigator.setState({ filter: '' })}>
              Clear filter
            </Button>
          }
        >
          <span className={styles.help}>{filterHelp}</span>
        </EmptyState>
      </div>
    )

  return (
    <div
      ref={element}
      className={styles.list}
      role="tree"
      aria-label="Clusters, services, tasks and containers"
      aria-activedescendant={selectedIndex >= 0 ? `${prefix}${selectedId}` : undefined}
      tabIndex={isAbove ? -1 : 0}
      {...{ [navigatorStopAttribute]: '' }}
      onKeyDown={press}
      onFocus={() => {
        const { selectedId: selectedNow, filter: filterNow } = navigator.getState()
        if (rows.some(({ id }) => id === selectedNow)) return
        select(filterNow === '' ? 0 : firstMatchIndex(rows))
      }}
    >
      <div className={styles.rows} style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => {
          const row = rows[item.index]
          if (row === undefined) return null
          return (
            <TreeRowView
              key={item.key}
              domId={`${prefix}${row.id}`}
              row={row}
              index={item.index}
              top={item.start}
              measure={virtual.measureElement}
              selected={item.index === selectedIndex}
              actions={actions}
            />
          )
        })}
      </div>
    </div>
  )
}

function pageOf(list: HTMLElement | null): number {
  return Math.max(1, Math.floor((list?.clientHeight ?? 0) / rowHeight) - 1)
}

export interface RowActions {
  select(row: TreeRow): void
  toggle(row: TreeRow): void
  /** What Enter does: a container's shell, a task's page, else open or close the row. */
  open(row: TreeRow, another: boolean): void
}

function useRowActions(): RowActions {
  const services = useServices()
  const { navigator, workspace } = services
  const run = useRunCommand()
  return useMemo(() => {
    const toggle = (row: TreeRow) => {
      if (row.expanded === undefined) return
      navigator.setState((state) => ({ toggled: { ...state.toggled, [row.id]: !row.expanded } }))
    }
    return {
      select: (row) => navigator.setState({ selectedId: row.id, target: row.target }),
      toggle,
      open(row, another) {
        const { target } = row
        if (target?.kind === 'container') {
          const { taskArn, containerName } = target.container
          const open = findTerminal(workspace.store.getState(), taskArn, containerName)
          if (open !== undefined && !another) workspace.activate(open.id)
          else run('shell.open', target)
        } else if (target?.kind === 'task') run('task.open', target)
        else if (row.kind === 'other-account')
          chooseAccount(services, { account: row.account, roleName: undefined })
        else if (row.kind === 'choose-account') run('account.choose')
        else toggle(row)
      },
    }
  }, [services, navigator, workspace, run])
}

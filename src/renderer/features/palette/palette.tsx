import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import type { ErrorValue } from '../../../contract/errors.ts'
import type { CommandContext } from '../../app/commands/command-registry.ts'
import { useCommandContext } from '../../app/commands/use-commands.ts'
import { logsDocument, taskDocument, taskRefOf } from '../../app/documents/document.ts'
import { findTerminal } from '../../app/documents/documents-store.ts'
import { type Services, useServiceStore, useServices } from '../../app/services.ts'
import { useFrontScope } from '../../app/shell/use-front-scope.ts'
import { accountName } from '../../app/stores/accounts-store.ts'
import type { PaletteMode } from '../../app/stores/interface-store.ts'
import { chosenRegion, toggledFavourite } from '../../app/stores/preferences.ts'
import { changeSettings } from '../../app/stores/settings-store.ts'
import { Button } from '../../ui/button.tsx'
import { displayText } from '../../ui/display-text.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { DisconnectedIcon, SearchIcon } from '../../ui/icons.ts'
import { Kbd } from '../../ui/kbd.tsx'
import { Modal } from '../../ui/modal.tsx'
import { openReplay } from '../replay/open-replay.ts'
import { requestShell } from '../shells/open-shell.ts'
import { AccessFoot, FavouriteHint } from './access-foot.tsx'
import { accountOfMode, isRegionMode, settingOfMode } from './choice-groups.ts'
import { chooseAccount } from './choose-account.ts'
import { closestName } from './closest-name.ts'
import styles from './palette.module.css'
import { PaletteHints } from './palette-hints.tsx'
import { PaletteRow } from './palette-row.tsx'
import { type PaletteItem, usePalette } from './use-palette.ts'

const placeholders = {
  all: 'Search containers, tasks, sessions and commands',
  accounts: 'Work in which account, as which role?',
  region: 'Show which region in all accounts?',
}

/** What is asked for, naming the account that it is about. */
function usePlaceholder(mode: PaletteMode): string {
  const of = accountOfMode(mode)
  const view = useServiceStore('accounts', ({ accounts }) =>
    accounts.find(
      ({ account }) => account.accountId === of?.accountId && account.identityId === of.identityId,
    ),
  )
  if (typeof mode === 'string') return placeholders[mode]
  if ('setting' in mode) return `Set ${settingOfMode(mode)?.name ?? ''} to what?`
  const name = displayText(view === undefined ? (of?.accountId ?? '') : accountName(view.account))
  return 'roleFor' in mode ? `Act with which role in ${name}?` : `Show which region of ${name}?`
}

/** From a few letters to a shell. */
export default function Palette({
  mode,
  initialText,
  onClose,
}: {
  mode: PaletteMode
  initialText: string
  onClose: () => void
}) {
  const [text, setText] = useState(initialText)
  const [onlyHere, setOnlyHere] = useState(false)
  const [expanded, setExpanded] = useState(false)
  const [moved, setMoved] = useState<number | undefined>(undefined)
  const front = useFrontScope()
  const accountId = onlyHere ? front?.scope.accountId : undefined
  const context = useCommandContext()
  // Fixed when the palette opens: what commands are about must not change under the hands.
  const [about] = useState(context)
  const { groups, names, problem, isBusy } = usePalette({ mode, text, accountId, expanded, about })
  const items = groups.flatMap((group) => group.items)
  // A list of choices begins at the one in force, results at the best.
  const inForce = items.findIndex((each) => each.kind === 'choice' && each.choice.current)
  const chosen = Math.min(moved ?? Math.max(0, inForce), items.length - 1)
  const item = items[chosen]
  const act = usePaletteActions(mode, about, onClose, () => setExpanded(true))
  const listId = useId()
  const list = useRef<HTMLDivElement>(null)

  const search = (next: string) => {
    setText(next)
    setMoved(next === '' ? undefined : 0)
    setExpanded(false)
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: follows the choice, not the items
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' })
  }, [chosen])

  const press = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step !== 0 && items.length > 0) setMoved((chosen + step + items.length) % items.length)
    else if (event.key === 'Enter' && item !== undefined) act(item, event)
    else if (event.key === 'Tab' && mode === 'all' && front !== undefined) {
      setOnlyHere(!onlyHere)
      setMoved(0)
    } else if (event.key === 'Tab') {
      // The list is reached with arrows; there is nothing else to go to.
    } else return
    event.preventDefault()
  }

  const placeholder = usePlaceholder(mode)
  return (
    <Modal onClose={onClose} label="Search" width={660} place="top">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: keys of the input and of the list's buttons alike */}
      <div className={styles.palette} onKeyDown={press}>
        <div className={styles.query}>
          <SearchIcon size={18} stroke={1.6} aria-hidden />
          <input
            data-autofocus
            role="combobox"
            aria-expanded={items.length > 0}
            aria-controls={listId}
            aria-activedescendant={item === undefined ? undefined : `${listId}${item.id}`}
            aria-label={placeholder}
            placeholder={placeholder}
            spellCheck={false}
            autoComplete="off"
            value={text}
            onChange={(event) => search(event.target.value)}
          />
          {mode === 'all' && front !== undefined && (
            <>
              <span className={styles.scope}>
                {onlyHere ? displayText(front.account?.name ?? front.scope.accountId) : 'All accounts'}
              </span>
              <Kbd>Tab</Kbd>
            </>
          )}
        </div>
        {problem !== undefined ? (
          <LeadsNowhere problem={problem} />
        ) : items.length === 0 && isBusy ? (
          <div className={styles.nothing} />
        ) : items.length === 0 ? (
          <NothingFound mode={mode} text={text} names={names} onSearch={search} />
        ) : (
          <div ref={list} id={listId} className={styles.list} role="listbox" aria-label="Results">
            {groups.map((group) => (
              // biome-ignore lint/a11y/useSemanticElements: a group of options inside a listbox has no element of its own
              <div key={group.title} role="group" aria-label={group.title}>
                <div className={styles.groupHead}>
                  <span>{group.title}</span>
                  <span>{group.note}</span>
                </div>
                {group.items.map((each) => (
                  <PaletteRow
                    key={each.id}
                    domId={`${listId}${each.id}`}
                    item={each}
                    selected={each === item}
                    onPoint={() => setMoved(items.indexOf(each))}
                    onChoose={(event) => act(each, event)}
                  />
                ))}
              </div>
            ))}
          </div>
        )}
        {mode === 'all' && <PaletteHints item={item} />}
        {mode === 'accounts' && <AccessFoot />}
        {isRegionMode(mode) && <FavouriteHint />}
      </div>
    </Modal>
  )
}

interface Modifiers {
  ctrlKey: boolean
  metaKey: boolean
  altKey: boolean
  shiftKey: boolean
}

/**
 * What Enter or a click does to an item; with Ctrl or Command another shell,
 * with Shift beside it in a split, with Shift alone the logs, with Alt the
 * task's page.
 */
function usePaletteActions(mode: PaletteMode, about: CommandContext, close: () => void, expand: () => void) {
  const services = useServices()
  const { workspace, core, settings } = services

  return (item: PaletteItem, keys: Modifiers) => {
    if (item.kind === 'more') return expand()
    if (keys.altKey && markFavourite(services, item)) return
    close()
    if (item.kind === 'command') return item.command.run(about)
    if (item.kind === 'access') return chooseAccount(services, item.match.entry)
    if (item.kind === 'recorded') return openReplay(services, item.match.session, item.match.hit.at)
    if (item.kind === 'choice') {
      const { settings: now } = settings.getState()
      const chosen = settingOfMode(mode)
        ?.choices?.(now)
        .find(({ label }) => label === item.id)
      if (chosen !== undefined) return void changeSettings(core, settings, chosen.change)
      const accountId = accountOfMode(mode)?.accountId
      if (isRegionMode(mode)) void changeSettings(core, settings, chosenRegion(now, item.id, accountId))
      else if (accountId !== undefined)
        void changeSettings(core, settings, { roles: { ...now.roles, [accountId]: item.id } })
      return
    }
    const { ref } = item.match.entry
    const another = keys.ctrlKey || keys.metaKey
    if (keys.shiftKey && !another) {
      const containerName = item.kind === 'container' ? ref.containerName : undefined
      return workspace.open(logsDocument(taskRefOf(ref), containerName))
    }
    if (item.kind === 'task' || keys.altKey) return workspace.open(taskDocument(taskRefOf(ref)))
    const open = findTerminal(workspace.store.getState(), ref.taskArn, ref.containerName)
    if (open !== undefined && !another) workspace.activate(open.id)
    else requestShell(services, ref, keys.shiftKey ? { split: 'right' } : {})
  }
}

/** Marks what can be marked. @returns whether it could */
function markFavourite({ core, settings }: Pick<Services, 'core' | 'settings'>, item: PaletteItem): boolean {
  const { settings: now } = settings.getState()
  if (item.kind === 'access') {
    const { accountId } = item.match.entry.account
    void changeSettings(core, settings, toggledFavourite(now, 'favouriteAccounts', accountId))
    return true
  }
  if (item.kind !== 'choice' || item.choice.of !== 'region') return false
  void changeSettings(core, settings, toggledFavourite(now, 'favouriteRegions', item.choice.id))
  return true
}

function NothingFound({
  mode,
  text,
  names,
  onSearch,
}: {
  mode: PaletteMode
  text: string
  names: () => string[]
  onSearch: (text: string) => void
}) {
  const all = names()
  const wanted = text.replace(/^[>#$]/, '')
  const name = mode === 'all' ? closestName(wanted, all) : undefined
  return (
    <div className={styles.nothing}>
      <EmptyState
        icon={SearchIcon}
        title={`Nothing matches “${displayText(wanted.trim())}”`}
        action={
          name !== undefined && (
            <Button size="small" onClick={() => onSearch(name)}>
              Search {displayText(name)}
            </Button>
          )
        }
      >
        {name === undefined ? searchedWords(mode) : `Closest name: ${displayText(name)}.`}
      </EmptyState>
    </div>
  )
}

/** A pasted address that cannot be followed, and what would help. */
function LeadsNowhere({ problem: { message, action } }: { problem: ErrorValue }) {
  return (
    <div className={styles.nothing} role="status">
      <EmptyState icon={DisconnectedIcon} title={displayText(message)}>
        {displayText(action ?? '')}
      </EmptyState>
    </div>
  )
}

/** What a search looks at, for whoever found nothing. */
function searchedWords(mode: PaletteMode): string {
  if (mode === 'all')
    return 'Names of containers, services, tasks, clusters and accounts are searched, and recorded commands.'
  if (mode === 'accounts') return 'Names, IDs, addresses, environments and roles of accounts are searched.'
  if (settingOfMode(mode) !== undefined) return 'Values of this setting are searched.'
  return isRegionMode(mode) ? 'Names and places of regions are searched.' : 'Names of roles are searched.'
}

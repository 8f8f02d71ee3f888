import { keyCaps } from '../../app/commands/keys.ts'
import { findTerminal } from '../../app/documents/documents-store.ts'
import { useDocuments, useServices } from '../../app/services.ts'
import { Kbd, Keys } from '../../ui/kbd.tsx'
import styles from './palette.module.css'
import { recordedSign } from './recorded-group.ts'
import type { PaletteItem } from './use-palette.ts'

/** The keys that work on the chosen item, and the signs that begin a search of one kind. */
export function PaletteHints({ item }: { item: PaletteItem | undefined }) {
  const { host } = useServices()
  const openTerminal = useDocuments((state) =>
    item?.kind === 'container'
      ? findTerminal(state, item.match.entry.ref.taskArn, item.match.entry.ref.containerName)
      : undefined,
  )
  const caps = (key: string) => <Kbd>{keyCaps(key, host).join(host.platform === 'darwin' ? '' : '+')}</Kbd>
  const command = host.platform === 'darwin' ? 'Meta' : 'Ctrl'
  const isPlace = item?.kind === 'container' || item?.kind === 'task'
  return (
    <div className={styles.hints}>
      {item !== undefined && (
        <span>
          {caps('Enter')}
          {enterWord(item, openTerminal !== undefined)}
        </span>
      )}
      {openTerminal !== undefined && (
        <span>
          {caps(`${command}+Enter`)}
          New shell
        </span>
      )}
      {item?.kind === 'container' && (
        <>
          <span>
            {caps('Alt+Enter')}
            Task page
          </span>
          {openTerminal === undefined && (
            <span className="wide-only">
              {caps(host.platform === 'darwin' ? 'Shift+Meta+Enter' : 'Ctrl+Shift+Enter')}
              Split
            </span>
          )}
        </>
      )}
      {isPlace && (
        <span>
          {caps('Shift+Enter')}
          Logs
        </span>
      )}
      <span className={styles.grow} />
      <span>
        <Keys caps={['>']} />
        commands
      </span>
      <span>
        <Keys caps={['#']} />
        tasks
      </span>
      <span>
        <Keys caps={[recordedSign]} />
        recorded
      </span>
    </div>
  )
}

function enterWord(item: PaletteItem, isOpen: boolean): string {
  switch (item.kind) {
    case 'container':
      return isOpen ? 'Go to tab' : 'Open shell'
    case 'task':
      return 'Task page'
    case 'recorded':
      return 'Replay'
    case 'more':
      return 'Show all'
    default:
      return 'Choose'
  }
}

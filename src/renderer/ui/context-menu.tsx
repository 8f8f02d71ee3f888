import { Menu } from '@mantine/core'
import {
  type ComponentType,
  createContext,
  Fragment,
  type MouseEvent,
  type ReactNode,
  use,
  useCallback,
  useRef,
  useState,
} from 'react'
import styles from './context-menu.module.css'
import type { IconProps } from './icons.ts'
import { Keys } from './kbd.tsx'

export type MenuEntry =
  | {
      label: string
      icon?: ComponentType<IconProps> | undefined
      caps?: readonly string[] | undefined
      disabled?: boolean
      checked?: boolean
      run: () => void
    }
  | 'divider'
  | { heading: string }

type OpenMenu = (event: MouseEvent, entries: readonly MenuEntry[]) => void

const ContextMenuContext = createContext<OpenMenu>(() => {})

/** Opens a menu at the pointer, or under the button when a key opened it. */
export function useContextMenu(): OpenMenu {
  return use(ContextMenuContext)
}

interface OpenState {
  entries: readonly MenuEntry[]
  place: { x: number; y: number; width: number; height: number }
}

/** The one context menu of the window. */
export function ContextMenuProvider({ children }: { children: ReactNode }) {
  const [menu, setMenu] = useState<OpenState | undefined>(undefined)
  const opener = useRef<Element | undefined>(undefined)

  const open = useCallback<OpenMenu>((event, entries) => {
    event.preventDefault()
    event.stopPropagation()
    // Rows of a list do not take the focus themselves.
    opener.current = event.currentTarget.closest('[tabindex="0"], button') ?? event.currentTarget
    const box = event.currentTarget.getBoundingClientRect()
    const atPointer = event.type === 'contextmenu' && (event.clientX !== 0 || event.clientY !== 0)
    setMenu({
      entries,
      place: atPointer
        ? { x: event.clientX, y: event.clientY, width: 0, height: 0 }
        : { x: box.x, y: box.y, width: box.width, height: box.height },
    })
  }, [])

  const close = () => {
    setMenu(undefined)
    if (opener.current instanceof HTMLElement) opener.current.focus({ preventScroll: true })
  }

  return (
    <ContextMenuContext value={open}>
      {children}
      {menu !== undefined && (
        <Menu
          opened
          onChange={(opened) => !opened && close()}
          position="bottom-start"
          offset={2}
          transitionProps={{ duration: 0 }}
          classNames={{
            dropdown: styles.dropdown,
            item: styles.item,
            divider: styles.divider,
            label: styles.heading,
            itemSection: styles.section,
          }}
        >
          <Menu.Target>
            <span
              className={styles.anchor}
              style={{
                left: menu.place.x,
                top: menu.place.y,
                width: menu.place.width,
                height: menu.place.height,
              }}
            />
          </Menu.Target>
          <Menu.Dropdown>
            {menu.entries.map((entry, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a menu never changes while it is open
              <Fragment key={index}>
                <Entry entry={entry} />
              </Fragment>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
    </ContextMenuContext>
  )
}

function Entry({ entry }: { entry: MenuEntry }) {
  if (entry === 'divider') return <Menu.Divider />
  if ('heading' in entry) return <Menu.Label>{entry.heading}</Menu.Label>
  const { icon: Icon, caps } = entry
  return (
    <Menu.Item
      onClick={entry.run}
      disabled={entry.disabled ?? false}
      leftSection={Icon !== undefined && <Icon size={14} stroke={1.75} aria-hidden />}
      rightSection={caps !== undefined && <Keys caps={caps} />}
      {...(entry.checked === undefined
        ? {}
        : { role: 'menuitemradio', 'aria-checked': entry.checked, 'data-checked': entry.checked })}
    >
      {entry.label}
    </Menu.Item>
  )
}

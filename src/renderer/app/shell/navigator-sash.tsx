import { type KeyboardEvent, type PointerEvent, useRef } from 'react'
import { defaultSettings } from '../../../contract/host.ts'
import { useServices } from '../services.ts'
import { changeSettings } from '../stores/settings-store.ts'
import styles from './shell.module.css'
import { useNavigatorWidth } from './use-navigator-width.ts'

const narrowest = 208
const widest = 420
const keyStep = 12

const within = (width: number) => Math.round(Math.min(widest, Math.max(narrowest, width)))

/** The line between navigator and documents: drag, arrow keys, double-click to reset. */
export function NavigatorSash() {
  const { core, settings } = useServices()
  const width = useNavigatorWidth()
  const drag = useRef<{ startX: number; startWidth: number } | undefined>(undefined)

  const show = (next: number) =>
    settings.setState((state) => ({
      ...state,
      settings: { ...state.settings, navigatorWidth: within(next) },
    }))
  const keep = (next: number) => void changeSettings(core, settings, { navigatorWidth: within(next) })

  const begin = (event: PointerEvent<HTMLDivElement>) => {
    event.currentTarget.setPointerCapture(event.pointerId)
    event.currentTarget.dataset.dragging = ''
    drag.current = { startX: event.clientX, startWidth: width }
  }
  const widthAt = (event: PointerEvent) =>
    drag.current === undefined ? undefined : drag.current.startWidth + event.clientX - drag.current.startX
  const move = (event: PointerEvent) => {
    const next = widthAt(event)
    if (next !== undefined) show(next)
  }
  const end = (event: PointerEvent<HTMLDivElement>) => {
    const next = widthAt(event)
    delete event.currentTarget.dataset.dragging
    drag.current = undefined
    if (next !== undefined) keep(next)
  }
  const press = (event: KeyboardEvent) => {
    if (event.key === 'ArrowLeft') keep(width - keyStep)
    else if (event.key === 'ArrowRight') keep(width + keyStep)
    else return
    event.preventDefault()
  }

  return (
    // biome-ignore lint/a11y/useSemanticElements: a focusable separator is the pattern for a movable splitter
    <div
      className={styles.sash}
      role="separator"
      aria-orientation="vertical"
      aria-label="Width of the navigator"
      aria-valuenow={width}
      aria-valuemin={narrowest}
      aria-valuemax={widest}
      tabIndex={0}
      onPointerDown={begin}
      onPointerMove={move}
      onPointerUp={end}
      onPointerCancel={end}
      onDoubleClick={() => keep(defaultSettings.navigatorWidth)}
      onKeyDown={press}
    />
  )
}

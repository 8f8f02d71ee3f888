import { type KeyboardEvent, useId, useRef, useState } from 'react'
import { useServices } from '../../app/services.ts'
import type { SettingsSection } from '../../app/stores/interface-store.ts'
import { Button } from '../../ui/button.tsx'
import { classNames } from '../../ui/class-names.ts'
import { Modal, ModalBody, ModalFoot, ModalTitle } from '../../ui/modal.tsx'
import styles from './settings.module.css'
import { settingsSections } from './settings-sections.ts'

/** Which neighbour an arrow leads to. */
const steps: Readonly<Record<string, number>> = { ArrowUp: -1, ArrowLeft: -1, ArrowDown: 1, ArrowRight: 1 }

export default function SettingsDialog({
  section = 'appearance',
  onClose,
}: {
  section?: SettingsSection | undefined
  onClose: () => void
}) {
  const { host } = useServices()
  const [open, setOpen] = useState(section)
  const id = useId()
  const tabs = useRef<HTMLDivElement>(null)
  const shown = settingsSections.find((each) => each.id === open)

  const followArrow = (event: KeyboardEvent) => {
    const step = steps[event.key]
    if (step === undefined) return
    event.preventDefault()
    const count = settingsSections.length
    const next = (settingsSections.findIndex((each) => each.id === open) + step + count) % count
    setOpen(settingsSections[next]?.id ?? open)
    tabs.current?.querySelectorAll('button')[next]?.focus()
  }

  return (
    <Modal onClose={onClose} width={720}>
      <ModalBody>
        <ModalTitle>Settings</ModalTitle>
        <div className={styles.pages}>
          <div
            ref={tabs}
            className={styles.tabs}
            role="tablist"
            aria-label="Settings"
            aria-orientation="vertical"
            onKeyDown={followArrow}
          >
            {settingsSections.map((each) => (
              <button
                key={each.id}
                id={`${id}-${each.id}`}
                type="button"
                role="tab"
                aria-selected={each.id === open}
                aria-controls={`${id}-page`}
                tabIndex={each.id === open ? 0 : -1}
                data-autofocus={each.id === open || undefined}
                className={classNames(styles.tab, each.id === open && styles.chosen)}
                onClick={() => setOpen(each.id)}
              >
                {each.title}
              </button>
            ))}
          </div>
          <div id={`${id}-page`} className={styles.page} role="tabpanel" aria-labelledby={`${id}-${open}`}>
            {shown !== undefined && <shown.Section key={shown.id} />}
          </div>
        </div>
      </ModalBody>
      <ModalFoot start={<span className={styles.version}>Porthole {host.version}</span>}>
        <Button onClick={onClose}>Close</Button>
      </ModalFoot>
    </Modal>
  )
}

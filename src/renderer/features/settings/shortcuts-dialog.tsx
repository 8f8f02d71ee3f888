import { Fragment } from 'react'
import { keyCaps } from '../../app/commands/keys.ts'
import { useServices } from '../../app/services.ts'
import { Button } from '../../ui/button.tsx'
import { Keys } from '../../ui/kbd.tsx'
import { Modal, ModalBody, ModalFoot, ModalTitle } from '../../ui/modal.tsx'
import styles from './settings.module.css'

/** Every command that has a key, by group: a view of the registry. */
export default function ShortcutsDialog({ onClose }: { onClose: () => void }) {
  const { commands, host } = useServices()
  const bound = commands
    .all()
    .filter((command) => command.inShortcuts !== false && commands.bindings(command).length > 0)
  const groups = [...new Set(bound.map(({ group }) => group))]

  return (
    <Modal onClose={onClose} width={640}>
      <ModalBody>
        <ModalTitle>Keyboard shortcuts</ModalTitle>
        <div className={styles.groups}>
          {groups.map((group) => (
            <section key={group}>
              <h3>{group}</h3>
              {bound
                .filter((command) => command.group === group)
                .map((command) => (
                  <div key={command.id} className={styles.shortcut}>
                    <span>{command.title}</span>
                    <span className={styles.alternatives}>
                      {commands.bindings(command).map(({ key }, index) => (
                        <Fragment key={key}>
                          {index > 0 && <i>or</i>}
                          <Keys caps={keyCaps(key, host)} />
                        </Fragment>
                      ))}
                    </span>
                  </div>
                ))}
            </section>
          ))}
        </div>
        {!host.abilities.allShortcuts && (
          <p className={styles.note}>
            The browser keeps some keys for itself; Alt+Shift stands in for those.
          </p>
        )}
      </ModalBody>
      <ModalFoot>
        <Button onClick={onClose}>Close</Button>
      </ModalFoot>
    </Modal>
  )
}

import { keyCaps } from '../../app/commands/keys.ts'
import { useServices } from '../../app/services.ts'
import { Logo } from '../../ui/glyphs.tsx'
import { Keys } from '../../ui/kbd.tsx'
import styles from './documents.module.css'

/** What one wants to know while nothing is open. */
const hints = ['palette.open', 'navigator.focus', 'shell.new', 'shortcuts.open']

export function Welcome() {
  const { commands, host } = useServices()
  return (
    <div className={styles.welcome}>
      <div>
        <Logo size={40} />
        <dl className={styles.hints}>
          {hints.map((id) => {
            const command = commands.get(id)
            const binding = command && commands.bindings(command)[0]
            if (command === undefined || binding === undefined) return null
            return (
              <div key={id}>
                <dt>{command.title}</dt>
                <dd>
                  <Keys caps={keyCaps(binding.key, host)} />
                </dd>
              </div>
            )
          })}
        </dl>
      </div>
    </div>
  )
}

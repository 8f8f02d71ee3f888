import { useServices } from '../../app/services.ts'
import { CopyButton } from '../../ui/copy-button.tsx'
import { ContainerIcon } from '../../ui/icons.ts'
import styles from './sign-in.module.css'

const demoCommand = 'npm run demo'

/** Without an AWS account: the demo. Inside the demo: what it is. */
export function DemoStrip() {
  const { host } = useServices()
  return (
    <section className={styles.demo}>
      <span className={styles.demoMark}>
        <ContainerIcon size={18} stroke={1.6} aria-hidden />
      </span>
      <div>
        <div className={styles.demoTitle}>
          <b>{host.demo ? 'This is the demo' : 'No AWS account at hand?'}</b>
          {!host.demo && (
            <span className={styles.demoCommand}>
              <code>{demoCommand}</code>
              <CopyButton text={demoCommand} label="Copy command" />
            </span>
          )}
        </div>
        <p>
          {host.demo
            ? 'A local AWS with example accounts and real shells. Nothing leaves this computer.'
            : 'The demo runs a local AWS with example accounts and real shells. Nothing leaves this computer.'}
        </p>
      </div>
    </section>
  )
}

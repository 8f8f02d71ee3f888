import type { ErrorCode } from '../../../contract/errors.ts'
import { useRunCommand } from '../../app/commands/use-commands.ts'
import { useServices } from '../../app/services.ts'
import { displayText } from '../../ui/display-text.ts'
import { RefusedIcon } from '../../ui/icons.ts'
import { Name } from '../../ui/name.tsx'
import styles from './navigator.module.css'
import { stopped } from './row-parts.tsx'
import type { TreeRow } from './tree-rows.ts'

/** What is wrong lies in how this computer is set up; trying again helps only after something was changed. */
const setUpCodes: ReadonlySet<ErrorCode> = new Set([
  'PROXY_FAILED',
  'CERTIFICATE_UNTRUSTED',
  'HOST_NOT_FOUND',
  'CLOCK_SKEWED',
  'CONFIG_INVALID',
  'ENDPOINT_REFUSED',
])

export function ProblemContents({ row }: { row: Extract<TreeRow, { kind: 'problem' }> }) {
  const { interface: interfaceStore } = useServices()
  const run = useRunCommand()
  const { error, target } = row
  const step =
    error.code === 'ACCESS_DENIED'
      ? { label: 'Other role…', run: () => run('role.change', target) }
      : error.code === 'SSO_EXPIRED' || error.code === 'SSO_NOT_SIGNED_IN' || error.code === 'MFA_NEEDED'
        ? { label: 'Sign in', run: () => interfaceStore.setState({ dialog: { kind: 'sign-in' } }) }
        : setUpCodes.has(error.code)
          ? { label: 'Diagnostics', run: () => run('diagnostics.open') }
          : error.retryable
            ? { label: 'Try again', run: () => run('catalog.refresh') }
            : undefined
  return (
    <span
      className={styles.problemRow}
      title={error.detail === undefined ? undefined : displayText(error.detail)}
    >
      <RefusedIcon size={14} stroke={1.75} aria-hidden />
      <Name text={error.message} />
      {step !== undefined && (
        <button type="button" className={styles.step} tabIndex={-1} onClick={stopped(step.run)}>
          {step.label}
        </button>
      )}
    </span>
  )
}

import { useState } from 'react'
import type { ErrorValue } from '../../../contract/errors.ts'
import type { Identity } from '../../../contract/identity.ts'
import { useServices } from '../../app/services.ts'
import { Button } from '../../ui/button.tsx'
import { Callout, ErrorCallout } from '../../ui/callout.tsx'
import { Name } from '../../ui/name.tsx'
import styles from './sign-in.module.css'

/** Profiles from before sso-session sections: offers the section, whose sign-in renews itself. */
export function MoveLegacy({ identity, onMoved }: { identity: Identity; onMoved: (id: string) => void }) {
  const { core } = useServices()
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<ErrorValue | undefined>(undefined)
  const profiles = identity.legacyProfiles ?? []

  const move = async () => {
    setBusy(true)
    const result = await core.call('profile.migrate', { identityId: identity.id })
    setBusy(false)
    if (result.ok) onMoved(result.value.identityId)
    else setProblem(result.error)
  }

  return (
    <div className={styles.legacy}>
      {problem === undefined ? (
        <Callout
          tone="info"
          title={
            <Name text={`${profiles.join(', ')} ${profiles.length === 1 ? 'has' : 'have'} no sso-session`} />
          }
          action={
            <Button size="small" busy={busy} onClick={() => void move()}>
              Add one
            </Button>
          }
        >
          With one, the AWS CLI renews the sign-in by itself.
        </Callout>
      ) : (
        <ErrorCallout error={problem} />
      )}
    </div>
  )
}

import { type FormEvent, useState } from 'react'
import type { SignInAttempt } from '../../../contract/identity.ts'
import { Button } from '../../ui/button.tsx'
import { displayText } from '../../ui/display-text.ts'
import { Field, TextInput } from '../../ui/field.tsx'
import { Name } from '../../ui/name.tsx'
import styles from './sign-in.module.css'

/** Devices show six digits; whatever else one types is AWS's to refuse. */
const digits = 6

/** The code of an MFA device, which a role asks for. */
export function AskForCode({
  request,
  onCode,
}: {
  request: NonNullable<SignInAttempt['mfa']>
  onCode: (code: string) => void
}) {
  const [code, setCode] = useState('')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (code.trim() !== '') onCode(code.trim())
  }
  return (
    <form onSubmit={submit}>
      <h2>Enter the code of your MFA device</h2>
      <p className={styles.lead}>
        Profile <Name className={styles.strong} text={request.profile} /> assumes a role that asks for it.
      </p>
      <div className={styles.device}>
        <Name className={styles.mono} text={request.device} />
      </div>
      <div className={styles.mfaCode}>
        <Field
          label="Code"
          problem={
            request.problem === undefined
              ? undefined
              : displayText([request.problem.message, request.problem.action].filter(Boolean).join(' '))
          }
        >
          <TextInput
            large
            autoFocus
            value={code}
            inputMode="numeric"
            autoComplete="one-time-code"
            placeholder={'0'.repeat(digits)}
            invalid={request.problem !== undefined && code === ''}
            onChange={(event) => setCode(event.target.value)}
          />
        </Field>
      </div>
      <Button type="submit" variant="primary" size="large" wide disabled={code.trim() === ''}>
        Go on
      </Button>
    </form>
  )
}

import type { ComponentPropsWithRef, ReactNode } from 'react'
import { useId } from 'react'
import { classNames } from './class-names.ts'
import styles from './field.module.css'
import { AlertIcon, CheckIcon } from './icons.ts'

/** A label, a control, and what is wrong with it. */
export function Field({
  label,
  hint,
  problem,
  children,
}: {
  label: ReactNode
  hint?: string
  problem?: string | undefined
  children: ReactNode
}) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is in `children`
    <label className={styles.field}>
      <span className={styles.label}>
        {label} {hint !== undefined && <i>{hint}</i>}
      </span>
      {children}
      {problem !== undefined && (
        <em className={styles.problem} role="alert">
          {problem}
        </em>
      )}
    </label>
  )
}

/** One line of text. `start` and `end` are icons or caps inside its frame. */
export function TextInput({
  start,
  end,
  large = false,
  invalid = false,
  className,
  ...input
}: ComponentPropsWithRef<'input'> & {
  start?: ReactNode
  end?: ReactNode
  large?: boolean
  invalid?: boolean
}) {
  return (
    <span className={classNames(styles.input, large && styles.large, invalid && styles.invalid, className)}>
      {start}
      <input
        type="text"
        spellCheck={false}
        autoComplete="off"
        {...input}
        aria-invalid={invalid || undefined}
      />
      {invalid ? <AlertIcon size={14} stroke={1.75} aria-hidden /> : end}
    </span>
  )
}

export function Checkbox({
  checked,
  onChange,
  children,
}: {
  checked: boolean
  onChange: (checked: boolean) => void
  children: ReactNode
}) {
  const id = useId()
  return (
    <span className={styles.checkbox}>
      <span className={styles.box}>
        <input
          id={id}
          type="checkbox"
          checked={checked}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
        <CheckIcon size={10} stroke={3.4} aria-hidden />
      </span>
      <label htmlFor={id}>{children}</label>
    </span>
  )
}

export interface Choice<Value extends string> {
  value: Value
  label: ReactNode
}

/** A few choices side by side, one of them on. */
export function Segments<Value extends string>({
  label,
  value,
  choices,
  onChange,
}: {
  label: string
  value: Value
  choices: readonly Choice<Value>[]
  onChange: (value: Value) => void
}) {
  const name = useId()
  return (
    <fieldset className={styles.segments} aria-label={label}>
      {choices.map((choice) => (
        <label
          key={choice.value}
          className={classNames(styles.segment, choice.value === value && styles.chosen)}
        >
          <input
            type="radio"
            name={name}
            value={choice.value}
            checked={choice.value === value}
            onChange={() => onChange(choice.value)}
          />
          {choice.label}
        </label>
      ))}
    </fieldset>
  )
}

import { Field, TextInput } from './field.tsx'
import { Name } from './name.tsx'
import styles from './type-to-confirm.module.css'

/** Asks for the name of what is about to be changed, where a click alone is too little. */
export function TypeToConfirm({
  name,
  value,
  onChange,
}: {
  name: string
  value: string
  onChange: (value: string) => void
}) {
  return (
    <Field
      label={
        <>
          Type <Name className={styles.strong} text={name} /> to go on
        </>
      }
    >
      <TextInput value={value} data-autofocus onChange={(event) => onChange(event.target.value)} />
    </Field>
  )
}

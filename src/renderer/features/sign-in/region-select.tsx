import { regions } from '../../app/regions.ts'
import { classNames } from '../../ui/class-names.ts'
import fieldStyles from '../../ui/field.module.css'
import { ChevronDownIcon } from '../../ui/icons.ts'
import styles from './sign-in.module.css'

export function RegionSelect({
  value,
  invalid,
  onChange,
}: {
  value: string
  invalid: boolean
  onChange: (value: string) => void
}) {
  return (
    <span
      className={classNames(
        fieldStyles.input,
        fieldStyles.large,
        invalid && fieldStyles.invalid,
        styles.region,
      )}
    >
      <select
        value={value}
        data-empty={value === '' || undefined}
        aria-invalid={invalid || undefined}
        onChange={(event) => onChange(event.target.value)}
      >
        <option value="" disabled>
          Region
        </option>
        {regions.map(({ id, place }) => (
          <option key={id} value={id} title={place}>
            {id}
          </option>
        ))}
      </select>
      <ChevronDownIcon size={14} stroke={1.75} aria-hidden />
    </span>
  )
}

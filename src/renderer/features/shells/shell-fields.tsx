import type { Task } from '../../../contract/catalog.ts'
import {
  automaticChoice,
  type ContainerSystem,
  longestCommandCharacters,
  needsShell,
  type ShellChoice,
  shellPrograms,
} from '../../../contract/shell-command.ts'
import { displayText } from '../../ui/display-text.ts'
import fieldStyles from '../../ui/field.module.css'
import { Checkbox, Field, Segments, TextInput } from '../../ui/field.tsx'
import { shellWords } from './shell-choice.ts'
import styles from './shells.module.css'

/** The containers of the task to choose from; nothing where there is one. */
export function ContainerField({
  task,
  value,
  onChange,
}: {
  task: Task | undefined
  value: string
  onChange: (name: string) => void
}) {
  if (task === undefined || task.containers.length < 2) return null
  return (
    <Field label="Container">
      <span className={fieldStyles.input}>
        <select value={value} onChange={(event) => onChange(event.target.value)}>
          {task.containers.map(({ name, readiness }) => (
            <option key={name} value={name}>
              {displayText(name)}
              {readiness.level === 'blocked' && readiness.reason !== undefined && ` (${readiness.reason})`}
            </option>
          ))}
        </select>
      </span>
    </Field>
  )
}

/** What it does and what it costs, for whoever has to decide. */
export const integrationHint =
  'The shell tells Porthole each command and its exit code. Its start-up script then stands in CloudTrail.'

type Segment = 'automatic' | 'custom' | ReturnType<typeof shellPrograms>[number]

/** Which shell, or which command instead of one. */
export function ShellField({
  system,
  value,
  onChange,
}: {
  system: ContainerSystem
  value: ShellChoice
  onChange: (choice: ShellChoice) => void
}) {
  const programs = shellPrograms(system)
  const segment: Segment = value.kind === 'program' ? value.program : value.kind
  const choose = (next: Segment) => {
    if (next === 'automatic') onChange(automaticChoice)
    else if (next === 'custom') onChange({ kind: 'custom', command: '' })
    else onChange({ kind: 'program', program: next })
  }
  return (
    <div className={styles.shell}>
      <div className={styles.shellRow}>
        <span className={styles.shellLabel}>Shell</span>
        <Segments<Segment>
          label="Shell"
          value={segment}
          choices={[
            { value: 'automatic', label: 'Automatic' },
            ...programs.map((program) => ({ value: program, label: shellWords[program] })),
            { value: 'custom', label: 'Command' },
          ]}
          onChange={choose}
        />
      </div>
      {value.kind === 'custom' ? (
        <CommandField command={value.command} onChange={(command) => onChange({ kind: 'custom', command })} />
      ) : (
        <p className={styles.shellHint}>{hintOf(segment, system)}</p>
      )}
    </div>
  )
}

function hintOf(segment: Segment, system: ContainerSystem): string {
  if (segment !== 'automatic') return 'Remembered for this container of the service.'
  return system === 'windows' ? 'PowerShell.' : 'bash if the image has it, then ash, then sh.'
}

function CommandField({ command, onChange }: { command: string; onChange: (command: string) => void }) {
  const wanted = needsShell(command)
  return (
    <>
      <TextInput
        className={styles.command}
        aria-label="Command"
        placeholder="/usr/bin/env"
        value={command}
        maxLength={longestCommandCharacters}
        onChange={(event) => onChange(event.target.value)}
      />
      <p className={styles.shellHint} data-warn={wanted !== undefined || undefined}>
        {wanted === undefined
          ? 'Run as typed: split into words, without a shell.'
          : `ECS runs this without a shell, so ${wanted} mean nothing. Use sh -c '…'.`}
      </p>
    </>
  )
}

/** Whether the shell marks its commands in this connection. */
export function IntegrationField({
  checked,
  onChange,
}: {
  checked: boolean
  onChange: (checked: boolean) => void
}) {
  return (
    <div>
      <span className={styles.integration}>
        <Checkbox checked={checked} onChange={onChange}>
          Shell integration
        </Checkbox>
      </span>
      <p className={styles.shellHint}>{integrationHint}</p>
    </div>
  )
}

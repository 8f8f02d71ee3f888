import { type FormEvent, useState } from 'react'
import { type ProductionRules, productionRulesSchema } from '../../../contract/production.ts'
import { useServiceStore, useServices } from '../../app/services.ts'
import { changeSettings } from '../../app/stores/settings-store.ts'
import { Button } from '../../ui/button.tsx'
import { Field, TextInput } from '../../ui/field.tsx'
import { Switch } from '../../ui/switch.tsx'
import styles from './settings.module.css'

type Lists = Record<'accounts' | 'names' | 'tags', string>

const fields = [
  ['accounts', 'Accounts', '12 digits each', 'An account ID has 12 digits.'],
  ['names', 'Names of accounts, clusters, services', '* is anything', 'A name has 1 to 255 characters.'],
  ['tags', 'Tags of tasks and services', 'key=value, * is anything', 'A tag is written key=value.'],
] as const

/** What asks before a shell and before a replace, beside accounts whose name says production. */
export function ProductionSection() {
  const { core, settings: store } = useServices()
  const rules = useServiceStore('settings', ({ settings }) => settings.production)
  const [typed, setTyped] = useState<Lists>(() => listsOf(rules))
  const [checked, setChecked] = useState(false)
  const wanted = rulesOf(typed, rules)
  const problems = problemsOf(wanted)
  const changed = JSON.stringify(listsOf(rules)) !== JSON.stringify(listsOf(wanted))

  const save = (event: FormEvent) => {
    event.preventDefault()
    setChecked(true)
    if (problems.size > 0) return
    setTyped(listsOf(wanted))
    void changeSettings(core, store, { production: wanted })
  }
  return (
    <form className={styles.section} onSubmit={save}>
      <p>
        Accounts whose name says production always ask. So does what one of these lists names. Keys and output
        of these shells are held until their recording is on the disk, or has failed where shells need none.
      </p>
      {fields.map(([name, label, hint, problem]) => (
        <Field
          key={name}
          label={label}
          hint={hint}
          problem={checked && problems.has(name) ? problem : undefined}
        >
          <TextInput
            value={typed[name]}
            invalid={checked && problems.has(name)}
            placeholder="None"
            onChange={(event) => setTyped({ ...typed, [name]: event.target.value })}
          />
        </Field>
      ))}
      <div className={styles.sectionFoot}>
        <Switch
          checked={rules.reasonRequired}
          onChange={(reasonRequired) =>
            void changeSettings(core, store, { production: { ...rules, reasonRequired } })
          }
        >
          A shell needs a reason
        </Switch>
        <Button type="submit" size="small" disabled={!changed}>
          Save rules
        </Button>
      </div>
    </form>
  )
}

function listsOf({ accounts, names, tags }: ProductionRules): Lists {
  return { accounts: accounts.join(', '), names: names.join(', '), tags: tags.join(', ') }
}

function rulesOf(lists: Lists, rules: ProductionRules): ProductionRules {
  const split = (text: string) => [
    ...new Set(
      text
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
    ),
  ]
  return {
    ...rules,
    accounts: split(lists.accounts).map((id) => id.replace(/[- ]/g, '')),
    names: split(lists.names),
    tags: split(lists.tags),
  }
}

/** Names of the lists in which something is not as it has to be. */
function problemsOf(rules: ProductionRules): ReadonlySet<PropertyKey> {
  const checked = productionRulesSchema.safeParse(rules)
  return new Set(checked.success ? [] : checked.error.issues.map(({ path }) => path[0] ?? ''))
}

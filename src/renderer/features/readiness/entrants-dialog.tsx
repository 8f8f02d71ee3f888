import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Entrants } from '../../../contract/readiness.ts'
import { CoreError } from '../../app/core/core-error.ts'
import { queries } from '../../app/core/queries.ts'
import type { ServiceRef } from '../../app/documents/document.ts'
import { useServiceStore, useServices } from '../../app/services.ts'
import { clusterKey } from '../../app/stores/catalog-store.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorCallout } from '../../ui/callout.tsx'
import { displayText } from '../../ui/display-text.ts'
import { Checkbox } from '../../ui/field.tsx'
import { Spinner } from '../../ui/glyphs.tsx'
import { CheckIcon, CopyIcon } from '../../ui/icons.ts'
import { Modal, ModalBody, ModalFoot, ModalTitle } from '../../ui/modal.tsx'
import { Name } from '../../ui/name.tsx'
import styles from './dialogs.module.css'
import { execPolicy } from './exec-policy.ts'
import { useCopied } from './use-copied.ts'

/** Who may open a shell in a service's tasks, and the policy that lets somebody in and no further. */
export default function EntrantsDialog({ service, onClose }: { service: ServiceRef; onClose: () => void }) {
  const { core } = useServices()
  const { scope, clusterArn, serviceName = '' } = service
  const { data, error, isFetching } = useQuery(queries.entrants(core, { scope, clusterArn, serviceName }))
  return (
    <Modal onClose={onClose} width={620}>
      <ModalBody>
        <ModalTitle>
          Who may get into <Name text={serviceName} />
        </ModalTitle>
        {isFetching && (
          <p className={styles.progress} role="status">
            <Spinner size={13} /> Asking IAM role by role. It answers a few a second.
          </p>
        )}
        {error instanceof CoreError && <ErrorCallout error={error.value} />}
        {data !== undefined && !isFetching && <Roles entrants={data} />}
        <PolicyMaker service={service} />
      </ModalBody>
      <ModalFoot>
        <Button onClick={onClose}>Close</Button>
      </ModalFoot>
    </Modal>
  )
}

function Roles({ entrants: { roles, asked, known, problems } }: { entrants: Entrants }) {
  return (
    <>
      <p className={styles.text}>
        {roles.length === 0 ? 'None' : roles.length} of {asked} roles asked about
        {known > asked && ` (the account has ${known})`}. Service control policies and users’ own policies are
        not in it.
      </p>
      <ul className={styles.roles}>
        {roles.map(({ name, arn, why }) => (
          <li key={arn} title={displayText(arn)}>
            <Name className={styles.strong} text={name} />
            <Name className={styles.why} text={why} />
          </li>
        ))}
      </ul>
      {problems.map((problem) => (
        <p key={problem} className={styles.text}>
          {displayText(problem)}
        </p>
      ))}
    </>
  )
}

function PolicyMaker({ service }: { service: ServiceRef }) {
  const { scope, clusterArn, serviceName = '' } = service
  const cluster = useServiceStore('catalog', ({ clusters }) => clusters[clusterKey(scope, clusterArn)])
  const services = cluster?.services ?? []
  const ofTask = cluster?.tasks.find((task) => task.serviceName === serviceName)
  const containers = ofTask?.containers.map(({ name }) => name) ?? []
  const tags = Object.entries({ ...cluster?.tags, ...ofTask?.tags }).filter(
    ([key]) => !key.startsWith('aws:'),
  )
  const [serviceNames, setServices] = useState<readonly string[]>([serviceName])
  const [containerNames, setContainers] = useState<readonly string[]>([])
  const [tagKeys, setTags] = useState<readonly string[]>([])
  const [copied, copy] = useCopied()
  const chosenTags = Object.fromEntries(tags.filter(([key]) => tagKeys.includes(key)))
  const policy = JSON.stringify(
    execPolicy({ clusterArn, serviceNames, containerNames, tags: chosenTags }),
    undefined,
    2,
  )
  return (
    <>
      <h3 className={styles.heading}>The least that lets somebody in</h3>
      <Choices
        label="Services"
        names={services.map(({ name }) => name)}
        chosen={serviceNames}
        onChoose={setServices}
      />
      <Choices label="Containers" names={containers} chosen={containerNames} onChoose={setContainers} />
      <Choices
        label="Tags"
        names={tags.map(([key]) => key)}
        chosen={tagKeys}
        onChoose={setTags}
        wordsOf={(key) => `${key} = ${tags.find(([each]) => each === key)?.[1] ?? ''}`}
      />
      <pre className={styles.policy}>{policy.split('\n').map(displayText).join('\n')}</pre>
      {serviceNames.length > 0 && (
        <p className={styles.text}>
          Choosing services needs ECS managed tags on them: ECS tags their tasks then.
        </p>
      )}
      <Button className={styles.copy} onClick={() => copy(policy)}>
        {copied ? (
          <CheckIcon size={14} stroke={1.75} aria-hidden />
        ) : (
          <CopyIcon size={14} stroke={1.75} aria-hidden />
        )}
        {copied ? 'Copied' : 'Copy policy'}
      </Button>
    </>
  )
}

/** Several of some names. None chosen means all. */
function Choices({
  label,
  names,
  chosen,
  onChoose,
  wordsOf = (name) => name,
}: {
  label: string
  names: readonly string[]
  chosen: readonly string[]
  onChoose: (chosen: readonly string[]) => void
  wordsOf?: (name: string) => string
}) {
  if (names.length === 0) return null
  const toggle = (name: string) =>
    onChoose(chosen.includes(name) ? chosen.filter((each) => each !== name) : [...chosen, name])
  return (
    <fieldset className={styles.choices} aria-label={label}>
      <span className={styles.legend} aria-hidden>
        {label} {chosen.length === 0 && <i>all</i>}
      </span>
      <div>
        {names.map((name) => (
          <Checkbox key={name} checked={chosen.includes(name)} onChange={() => toggle(name)}>
            <Name text={wordsOf(name)} />
          </Checkbox>
        ))}
      </div>
    </fieldset>
  )
}

import type { CheckResult, Evidence, Fix } from '../../../contract/readiness.ts'
import { useRunCommand } from '../../app/commands/use-commands.ts'
import type { TaskRef } from '../../app/documents/document.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button, PageLink } from '../../ui/button.tsx'
import { classNames } from '../../ui/class-names.ts'
import { displayText } from '../../ui/display-text.ts'
import { CheckIcon, CopyIcon, ExternalIcon, ReplaceIcon, SettingsIcon } from '../../ui/icons.ts'
import { Name } from '../../ui/name.tsx'
import styles from './readiness.module.css'
import { headlineOf } from './stations.ts'
import { useCopied } from './use-copied.ts'

/** One cause: how sure it is, what AWS said, and what to do about it. */
export function FindingCard({
  task,
  finding,
  number,
  note,
}: {
  task: TaskRef
  finding: CheckResult
  number: number
  /** Beside the steps, when they are not enough. */
  note?: string | undefined
}) {
  const { id, status, cause, evidence, fix, docUrl } = finding
  return (
    <section
      className={classNames(styles.card, styles[status])}
      aria-label={headlineOf(finding)}
      data-check={id}
    >
      <span className={styles.number}>{number}</span>
      <div className={styles.cardBody}>
        <div className={styles.cardTitle}>
          <h3>{headlineOf(finding)}</h3>
          <CertaintyBadge finding={finding} />
        </div>
        {cause !== undefined && <p>{displayText(cause)}</p>}
        {evidence.length > 0 && <EvidenceBox evidence={evidence} />}
        {fix !== undefined && <p className={styles.fix}>{displayText(fix.text)}</p>}
        {(fix?.action !== undefined || fix?.snippet !== undefined || docUrl !== undefined) && (
          <div className={styles.steps}>
            {fix?.action !== undefined && <ActionButton task={task} action={fix.action} />}
            {fix?.snippet !== undefined && <SnippetButton snippet={fix.snippet} />}
            {note !== undefined && <span className={styles.note}>{note}</span>}
            {docUrl !== undefined && (
              <PageLink href={docUrl} variant="ghost">
                <ExternalIcon size={14} stroke={1.75} aria-hidden />
                AWS documentation
              </PageLink>
            )}
          </div>
        )}
      </div>
    </section>
  )
}

function CertaintyBadge({ finding: { status, certainty } }: { finding: CheckResult }) {
  if (status === 'unknown') return <Badge outlined>Not checked</Badge>
  if (certainty === 'certain') return <Badge tone="danger">Certain</Badge>
  if (certainty === 'likely') return <Badge tone="warn">Likely</Badge>
  return <Badge>Possible</Badge>
}

/** In AWS's own words: names and values as the API has them. */
function EvidenceBox({ evidence }: { evidence: readonly Evidence[] }) {
  return (
    <div className={styles.evidence}>
      {evidence.map(({ source, fields }) => (
        <div key={source}>
          <Name className={styles.source} text={source} />
          <dl>
            {fields.map(({ name, value, wrong }) => (
              <div key={name}>
                <dt>
                  <Name text={name} />
                </dt>
                <dd className={wrong ? styles.wrong : undefined}>
                  <Name text={value} />
                </dd>
              </div>
            ))}
          </dl>
        </div>
      ))}
    </div>
  )
}

function ActionButton({ task, action }: { task: TaskRef; action: NonNullable<Fix['action']> }) {
  const run = useRunCommand()
  const target = { kind: 'task', task } as const
  return action === 'enable-exec' ? (
    <Button variant="primary" onClick={() => run('exec.enable', target)}>
      <SettingsIcon size={14} stroke={1.75} aria-hidden />
      Turn exec on…
    </Button>
  ) : (
    <Button onClick={() => run('task.replace', target)}>
      <ReplaceIcon size={14} stroke={1.75} aria-hidden />
      Replace task…
    </Button>
  )
}

function SnippetButton({ snippet: { label, text } }: { snippet: NonNullable<Fix['snippet']> }) {
  const [copied, copy] = useCopied()
  return (
    <Button title={text} onClick={() => copy(text)}>
      {copied ? (
        <CheckIcon size={14} stroke={1.75} aria-hidden />
      ) : (
        <CopyIcon size={14} stroke={1.75} aria-hidden />
      )}
      {copied ? 'Copied' : displayText(label)}
    </Button>
  )
}

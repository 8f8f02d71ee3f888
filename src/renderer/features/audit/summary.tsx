import type { ActivitySummary, SearchAnswer } from '../../../contract/search.ts'
import { classNames } from '../../ui/class-names.ts'
import { ServiceIcon, UserIcon } from '../../ui/icons.ts'
import { Moment } from '../../ui/moment.tsx'
import { Name } from '../../ui/name.tsx'
import { Fact } from '../../ui/page.tsx'
import { RedactedText } from '../../ui/redacted-text.tsx'
import styles from './audit.module.css'
import { rangeWords, type ShownSearch, type Subject, subjectOf, toggled } from './search-state.ts'

/** How many of a list are shown; the filters have the rest. */
const mostShown = 6

/** What one person did, or what was done in one service, in numbers. */
export function Summary({ answer, state, setState, now }: ShownSearch) {
  const subject = subjectOf(state)
  const { summary } = answer
  if (subject === undefined || summary === undefined) return null
  const Icon = subject.kind === 'people' ? UserIcon : ServiceIcon
  return (
    <section className={styles.sum} aria-label="Summary">
      <h2>
        <Icon size={16} stroke={1.75} aria-hidden />
        <Name text={subject.value} />
        <span className={styles.sumRange}>{rangeWords[state.range]}</span>
      </h2>
      <dl className={styles.numbers}>
        <Numbers answer={answer} summary={summary} now={now} />
      </dl>
      <div className={styles.lists}>
        <TopCommands summary={summary} onFind={(query) => setState({ ...state, query })} />
        <Others
          answer={answer}
          subject={subject}
          onChoose={(name, value) => setState(toggled(state, name, value))}
        />
      </div>
      {summary.countedSessions !== undefined && (
        <p className={styles.more}>Commands are counted in the newest {summary.countedSessions} sessions.</p>
      )}
    </section>
  )
}

function Numbers({
  answer: { matchingSessions },
  summary: { commands, failedCommands, refused, unrecorded, lastAt },
  now,
}: {
  answer: SearchAnswer
  summary: ActivitySummary
  now: number
}) {
  return (
    <>
      <Fact label="Sessions">{matchingSessions.toLocaleString('en')}</Fact>
      <Fact label="Commands">
        {commands.toLocaleString('en')}
        {failedCommands > 0 && (
          <span className={styles.failed}> {failedCommands.toLocaleString('en')} failed</span>
        )}
      </Fact>
      <Fact label="Refused">
        <span className={classNames(refused > 0 && styles.failed)}>{refused.toLocaleString('en')}</span>
      </Fact>
      <Fact label="Not recorded">
        <span className={classNames(unrecorded > 0 && styles.doubtful)}>
          {unrecorded.toLocaleString('en')}
        </span>
      </Fact>
      {lastAt !== undefined && (
        <Fact label="Last session">
          <Moment at={lastAt} now={now} />
        </Fact>
      )}
    </>
  )
}

function TopCommands({
  summary: { topCommands },
  onFind,
}: {
  summary: ActivitySummary
  onFind: (query: string) => void
}) {
  if (topCommands.length === 0) return null
  const most = topCommands[0]?.count ?? 1
  return (
    <div>
      <h3>Most used commands</h3>
      <ul className={styles.ranking}>
        {topCommands.map(({ text, count, failed }) => (
          <li key={text}>
            <button
              type="button"
              title={failed > 0 ? `${count} times, ${failed} failed` : `${count} times`}
              onClick={() => onFind(`"${text.replaceAll('"', ' ')}"`)}
            >
              <i style={{ width: `${(count / most) * 100}%` }} aria-hidden />
              <code>
                <RedactedText text={text.replaceAll('\n', ' ⏎ ')} />
              </code>
              <span>{count}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  )
}

/** Of a person the services, of a service the people. */
function Others({
  answer: { facets },
  subject,
  onChoose,
}: {
  answer: SearchAnswer
  subject: Subject
  onChoose: (name: 'people' | 'services', value: string) => void
}) {
  const name = subject.kind === 'people' ? 'services' : 'people'
  const values = facets[name].filter(({ count }) => count > 0).slice(0, mostShown)
  const most = values[0]?.count ?? 1
  if (values.length === 0) return null
  return (
    <div>
      <h3>{name === 'services' ? 'Services' : 'People'}</h3>
      <ul className={styles.ranking}>
        {values.map(({ value, count }) => (
          <li key={value}>
            <button
              type="button"
              title={count === 1 ? '1 session' : `${count} sessions`}
              onClick={() => onChoose(name, value)}
            >
              <i style={{ width: `${(count / most) * 100}%` }} aria-hidden />
              <Name text={value} />
              <span>{count}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  )
}

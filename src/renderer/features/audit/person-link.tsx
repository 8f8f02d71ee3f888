import { useServices } from '../../app/services.ts'
import { displayText } from '../../ui/display-text.ts'
import { Name } from '../../ui/name.tsx'
import styles from './audit.module.css'
import { openActivity } from './open-activity.ts'

/** A person's name that leads to what this person did. */
export function PersonLink({
  userName,
  className,
  tabIndex,
}: {
  userName: string
  className?: string | undefined
  /** -1 where arrow keys lead to it. */
  tabIndex?: number
}) {
  const services = useServices()
  return (
    <button
      type="button"
      className={styles.person}
      tabIndex={tabIndex}
      title={`What ${displayText(userName)} did`}
      onClick={() => openActivity(services, { people: [userName] })}
    >
      <Name className={className} text={userName} />
    </button>
  )
}

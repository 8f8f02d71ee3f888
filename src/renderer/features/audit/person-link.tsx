import { useServices } from '../../app/services.ts'
import { displayText } from '../../ui/display-text.ts'
import { Name } from '../../ui/name.tsx'
import styles from './audit.module.css'
import { openActivity } from './open-activity.ts'

/** A person's name that leads to what this person did. */
export function PersonLink({ userName, className }: { userName: string; className?: string | undefined }) {
  const services = useServices()
  return (
    <button
      type="button"
      className={styles.person}
      title={`What ${displayText(userName)} did`}
      onClick={() => openActivity(services, { people: [userName] })}
    >
      <Name className={className} text={userName} />
    </button>
  )
}

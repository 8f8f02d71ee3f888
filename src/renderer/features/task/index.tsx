import type { DocumentViewProps } from '../documents/document-views.ts'
import { AuditSection } from './audit-section.tsx'
import { ContainerTable } from './container-table.tsx'
import styles from './task.module.css'
import { TaskAside } from './task-aside.tsx'
import { TaskHead } from './task-head.tsx'
import { TaskNotice } from './task-notice.tsx'
import { useTaskPage } from './use-task-page.ts'

/** One task: what it is, its containers, and everything that was done inside. */
export default function TaskView({ document }: DocumentViewProps<'task'>) {
  const page = useTaskPage(document.task)
  const shown = page.task ?? page.snapshot?.task
  return (
    <div className={styles.view}>
      <TaskHead page={page} />
      <div className={styles.columns}>
        <div className={styles.main}>
          <TaskNotice page={page} />
          {shown !== undefined && <ContainerTable page={page} task={shown} />}
          <AuditSection page={page} />
        </div>
        <TaskAside page={page} />
      </div>
    </div>
  )
}

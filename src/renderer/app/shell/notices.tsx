import { useEffect } from 'react'
import { useStore } from 'zustand'
import { Button } from '../../ui/button.tsx'
import { NoticesIcon } from '../../ui/icons.ts'
import { formatMoment } from '../../ui/time.ts'
import { type Notice, notices, toastIcons } from '../../ui/toast.tsx'
import { useNow } from '../../ui/use-now.ts'
import { useServiceStore, useServices } from '../services.ts'
import styles from './notices.module.css'
import { StatusPanel } from './status-panel.tsx'

/** What was told in passing since the page was opened, for whoever looked elsewhere. */
export function Notices() {
  const { interface: interfaceStore } = useServices()
  const shown = useServiceStore('interface', (state) => state.noticesShown)
  const { all, unseen } = useStore(notices)
  const show = (noticesShown: boolean) => interfaceStore.setState({ noticesShown })
  const clear = () => {
    notices.setState({ all: [] })
    show(false)
  }

  useEffect(() => {
    if (shown && unseen > 0) notices.setState({ unseen: 0 })
  }, [shown, unseen])

  return (
    <StatusPanel
      shown={shown}
      onShow={show}
      name="Notifications"
      title={unseen === 0 ? 'Notifications' : `Notifications, ${unseen} new`}
      side="end"
      width={400}
      button={
        <>
          <NoticesIcon size={13} stroke={1.75} aria-hidden />
          {unseen > 0 && <i className={styles.unseen} />}
        </>
      }
    >
      <header className={styles.head}>
        <h2>Notifications</h2>
        {all.length > 0 && (
          <Button size="small" variant="ghost" onClick={clear}>
            Clear
          </Button>
        )}
      </header>
      {all.length === 0 ? (
        <p className={styles.empty}>What Porthole tells in passing is kept here until the page is closed.</p>
      ) : (
        <ul className={styles.list}>
          {all.map((notice) => (
            <NoticeRow key={notice.id} notice={notice} onDone={() => show(false)} />
          ))}
        </ul>
      )}
    </StatusPanel>
  )
}

function NoticeRow({ notice, onDone }: { notice: Notice; onDone: () => void }) {
  const { tone, title, text, action, at } = notice
  const now = useNow('minute')
  const Icon = toastIcons[tone]
  return (
    <li className={styles.notice}>
      <Icon size={14} stroke={1.75} className={styles[tone]} aria-hidden />
      <div className={styles.words}>
        <b>{title}</b>
        {text !== undefined && <span>{text}</span>}
      </div>
      {action !== undefined && (
        <Button
          size="small"
          variant="ghost"
          onClick={() => {
            onDone()
            action.run()
          }}
        >
          {action.label}
        </Button>
      )}
      <time dateTime={new Date(at).toISOString()}>{formatMoment(at, now)}</time>
    </li>
  )
}

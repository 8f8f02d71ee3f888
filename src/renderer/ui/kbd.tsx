import styles from './kbd.module.css'

/** One key cap. */
export function Kbd({ children }: { children: string }) {
  return <kbd className={styles.cap}>{children}</kbd>
}

/** The caps of one key combination. */
export function Keys({ caps }: { caps: readonly string[] }) {
  return (
    <span className={styles.keys}>
      {caps.map((cap) => (
        <Kbd key={cap}>{cap}</Kbd>
      ))}
    </span>
  )
}

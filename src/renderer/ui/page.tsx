import { Fragment, type ReactNode } from 'react'
import { classNames } from './class-names.ts'
import { ChevronRightIcon } from './icons.ts'
import { Name } from './name.tsx'
import styles from './page.module.css'

/** The head of a document that is a page: where it is, what it is, what can be done, and its facts. */
export function PageHead({
  crumbs,
  title,
  actions,
  children,
}: {
  crumbs: ReactNode
  title: ReactNode
  actions: ReactNode
  /** Facts. */
  children: ReactNode
}) {
  return (
    <header className={styles.head}>
      {crumbs}
      <div className={styles.titleRow}>
        <div className={styles.title}>{title}</div>
        <div className={styles.actions}>{actions}</div>
      </div>
      <dl className={styles.facts}>{children}</dl>
    </header>
  )
}

export interface Crumb {
  text: string
  mono?: boolean
}

/** Where a page is, from the account down. */
export function Crumbs({ crumbs }: { crumbs: readonly Crumb[] }) {
  return (
    <nav className={styles.crumbs} aria-label="Location">
      {crumbs.map(({ text, mono }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the place is the identity of a crumb
        <Fragment key={index}>
          {index > 0 && <ChevronRightIcon size={11} stroke={2} aria-hidden />}
          <Name className={mono === true ? styles.mono : undefined} text={text} />
        </Fragment>
      ))}
    </nav>
  )
}

/** One fact of a page: what it is about, and what it is. */
export function Fact({
  label,
  mono = false,
  children,
}: {
  label: string
  mono?: boolean
  children: ReactNode
}) {
  return (
    <div className={styles.fact}>
      <dt>{label}</dt>
      <dd className={classNames(mono && styles.mono)}>{children}</dd>
    </div>
  )
}

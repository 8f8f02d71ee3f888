import type { CatalogScope, Cluster, Container, Readiness, Service, Task } from '../../../contract/catalog.ts'
import type { ErrorValue } from '../../../contract/errors.ts'
import type { Settings } from '../../../contract/host.ts'
import type { Account } from '../../../contract/identity.ts'
import type { Target } from '../../app/documents/target.ts'
import type { AccountView } from '../../app/stores/accounts-store.ts'
import { type FilterTerm, type RowFacts, unanswered } from './filter.ts'

export interface TreeInput {
  readonly accounts: readonly AccountView[]
  /** Accounts that nobody chose to look at. */
  readonly others: readonly Account[]
  readonly scopes: Readonly<Record<string, CatalogScope>>
  readonly clusters: Readonly<Record<string, Cluster>>
  /** Tasks that have stopped, by cluster key, newest first; only while somebody asks for them. */
  readonly stopped: Readonly<Record<string, readonly Task[]>>
  /** Containers by task ARN in which someone had a shell. */
  readonly touched: ReadonlyMap<string, ReadonlySet<string>>
  /** Containers by task ARN in which this window has a live shell. */
  readonly live: ReadonlyMap<string, ReadonlySet<string>>
  /** Rows opened or closed by hand. */
  readonly toggled: Readonly<Record<string, boolean>>
  readonly filter: string
  readonly order: Settings['navigatorOrder']
  readonly grouping: Settings['navigatorGrouping']
}

interface RowBase {
  readonly id: string
  /** 0 for accounts to 4 for containers. */
  readonly level: number
  /** Absent on rows that cannot be opened. */
  readonly expanded?: boolean
  /** What commands are about when this row is selected. Made when it is asked for: most rows are never seen. */
  readonly target?: Target
}

export type TreeRow = RowBase &
  (
    | { kind: 'account'; view: AccountView; loading: boolean }
    /** Not looked at; choosing it changes that. */
    | { kind: 'other-account'; account: Account }
    | { kind: 'choose-account'; total: number }
    /** Without a count it has not come yet; refused, the count would be a lie. */
    | { kind: 'cluster'; name: string; arn: string; taskCount: number | undefined; refused: boolean }
    /** An application of AWS Copilot in one environment. */
    | { kind: 'environment'; application: string; environment: string; taskCount: number }
    | { kind: 'service'; service: Service; readiness: Readiness | undefined; touched: boolean }
    | { kind: 'standalone'; taskCount: number }
    | { kind: 'task'; task: Task; touched: boolean; live: boolean }
    | { kind: 'container'; container: Container; touched: boolean; live: boolean; stopped: boolean }
    | { kind: 'problem'; error: ErrorValue }
    | { kind: 'note'; text: string }
  )

/** The rows so far, and what they are made from. */
export interface Growing {
  readonly rows: TreeRow[]
  readonly input: TreeInput
}

/**
 * Adds a row and what is under it. While terms are unanswered the row is open
 * and stays only if something below it answers them.
 */
export function addBranch(
  { rows, input }: Growing,
  row: TreeRow,
  options: {
    terms: readonly FilterTerm[]
    facts: () => RowFacts
    openByDefault: boolean
    children: (left: readonly FilterTerm[]) => void
  },
): void {
  const left = unanswered(options.terms, options.facts)
  const searching = left.length > 0
  const expanded = searching || (input.toggled[row.id] ?? options.openByDefault)
  const place = rows.length
  // Not a copy, which would ask for every target.
  rows.push(Object.assign(row, { expanded }))
  if (expanded) options.children(left)
  if (searching && rows.length === place + 1) rows.length = place
}

import type { TreeInput, TreeRow } from './tree-rows.ts'

/** Where Left goes: the nearest row above on a lower level. */
export function parentIndex(rows: readonly TreeRow[], index: number): number | undefined {
  const level = rows[index]?.level ?? 0
  for (let above = index - 1; above >= 0; above -= 1) if ((rows[above]?.level ?? 0) < level) return above
  return undefined
}

/** The rows that a row is in, nearest first. */
export function rowsAbove(rows: readonly TreeRow[], index: number): TreeRow[] {
  const above = parentIndex(rows, index)
  const parent = above === undefined ? undefined : rows[above]
  return above === undefined || parent === undefined ? [] : [parent, ...rowsAbove(rows, above)]
}

/** Where a filter leads: the first row that is not only on the way to another. */
export function firstMatchIndex(rows: readonly TreeRow[]): number {
  return rows.findIndex(({ level }, index) => (rows[index + 1]?.level ?? 0) <= level)
}

/** What the foot says: how many tasks, in how many accounts, and how fresh the oldest of them is. */
export function summarise(input: Pick<TreeInput, 'scopes' | 'clusters'>): {
  tasks: number
  accounts: number
  updatedAt: number | undefined
} {
  const clusters = Object.values(input.clusters)
  const updates = Object.values(input.scopes).flatMap(({ updatedAt }) => updatedAt ?? [])
  return {
    tasks: clusters.reduce((sum, cluster) => sum + cluster.tasks.length, 0),
    accounts: Object.keys(input.scopes).length,
    updatedAt: updates.length === 0 ? undefined : Math.min(...updates),
  }
}

import { z } from 'zod'

/**
 * What counts as production beside accounts whose name says so. Whatever
 * matches asks before a shell, and again, by name, before a task is replaced.
 */
export const productionRulesSchema = z.object({
  accounts: z.array(z.string().regex(/^\d{12}$/)).max(500),
  /** Names of accounts, clusters or services; `*` stands for anything, capitals do not count. */
  names: z.array(z.string().min(1).max(255)).max(100),
  /** `key=value` of a task, a service or a cluster; `*` in the value stands for anything. */
  tags: z
    .array(
      z
        .string()
        .max(400)
        .regex(/^[^=]{1,128}=./),
    )
    .max(100),
  /** No shell in production without a reason. */
  reasonRequired: z.boolean(),
})
export type ProductionRules = z.infer<typeof productionRulesSchema>

export const defaultProductionRules: ProductionRules = {
  accounts: [],
  names: [],
  tags: ['environment=prod*', 'env=prod*'],
  reasonRequired: false,
}

/** What is known of a place. */
export interface PlaceFacts {
  accountId: string
  names: readonly (string | undefined)[]
  tags: readonly Readonly<Record<string, string>>[]
}

/** The rule that makes a place production, in words; undefined when none does. */
export function productionRule(
  rules: ProductionRules,
  { accountId, names, tags }: PlaceFacts,
): string | undefined {
  if (rules.accounts.includes(accountId)) return `account ${accountId}`
  for (const pattern of rules.names) {
    const fits = patternTest(pattern)
    if (names.some((name) => name !== undefined && fits(name))) return `name ${pattern}`
  }
  for (const rule of rules.tags) {
    const at = rule.indexOf('=')
    const [key, fits] = [rule.slice(0, at).toLowerCase(), patternTest(rule.slice(at + 1))]
    const found = tags.some((each) =>
      Object.entries(each).some(([name, value]) => name.toLowerCase() === key && fits(value)),
    )
    if (found) return `tag ${rule}`
  }
  return undefined
}

function patternTest(pattern: string): (text: string) => boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
  const expression = new RegExp(`^${parts.join('.*')}$`, 'is')
  return (text) => expression.test(text)
}

import { PortholeError } from '../../contract/errors.ts'
import { type ProductionRules, productionRule } from '../../contract/production.ts'
import type { ContainerRef } from '../../contract/session.ts'

/**
 * Holds a shell in production to the reason that the settings ask for, whatever
 * the page says. Tags are the page's to judge: it hands over the environment.
 *
 * @throws {PortholeError} REASON_REQUIRED
 */
export function assertReason(
  rules: ProductionRules,
  { container, reason }: { container: ContainerRef; reason?: string | undefined },
): void {
  if (!rules.reasonRequired || reason?.trim()) return
  const rule = productionRule(rules, {
    accountId: container.scope.accountId,
    names: [container.accountName, container.clusterName, container.serviceName],
    tags: [],
  })
  if (container.environment !== 'production' && rule === undefined) return
  throw new PortholeError({
    code: 'REASON_REQUIRED',
    message: 'A shell in production needs a reason.',
    action: 'Open the shell again and say why, or change the production rules in the settings.',
  })
}

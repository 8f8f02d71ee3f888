import { PortholeError } from '../../contract/errors.ts'
import type { Settings } from '../../contract/host.ts'
import { type ProductionRules, productionRule } from '../../contract/production.ts'
import type { ContainerRef } from '../../contract/session.ts'

type Tags = Readonly<Record<string, string>>

/**
 * Holds a shell in production to the reason that the settings ask for, whatever
 * the page says.
 *
 * @param tags of task, service and cluster, as far as the catalog has seen them
 * @throws {PortholeError} REASON_REQUIRED
 */
export function assertReason(
  rules: ProductionRules,
  { container, reason }: { container: ContainerRef; reason?: string | undefined },
  tags: readonly Tags[],
): void {
  if (!rules.reasonRequired || reason?.trim() || !isProduction(rules, container, tags)) return
  throw new PortholeError({
    code: 'REASON_REQUIRED',
    message: 'A shell in production needs a reason.',
    action: 'Open the shell again and say why, or change the production rules in the settings.',
  })
}

/**
 * Holds the pausing of a recording to what the settings allow.
 *
 * @throws {PortholeError} PAUSE_FORBIDDEN
 */
export function assertPausable(
  { recordingPause, production }: Pick<Settings, 'recordingPause' | 'production'>,
  container: ContainerRef,
  tags: readonly Tags[],
): void {
  if (recordingPause === 'allowed') return
  if (recordingPause === 'not-production' && !isProduction(production, container, tags)) return
  throw new PortholeError({
    code: 'PAUSE_FORBIDDEN',
    message:
      recordingPause === 'never'
        ? 'The settings allow nobody to pause a recording.'
        : 'The settings allow nobody to pause a recording in production.',
    action: 'Open another shell for what need not be recorded, or change the setting.',
  })
}

/** @param tags as for `assertReason` */
export function isProduction(
  rules: ProductionRules,
  container: ContainerRef,
  tags: readonly Tags[],
): boolean {
  const rule = productionRule(rules, {
    accountId: container.scope.accountId,
    names: [container.accountName, container.clusterName, container.serviceName],
    tags,
  })
  return container.environment === 'production' || rule !== undefined
}

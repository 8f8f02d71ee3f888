import { productionRule } from '../../../contract/production.ts'
import type { TaskRef } from '../documents/document.ts'
import type { Services } from '../services.ts'
import { clusterKey } from './catalog-store.ts'

/**
 * The reference with production as its environment when a rule says so: by
 * account, by name, or by a tag of the task or its service.
 */
export function withProductionRules<Ref extends TaskRef>(
  { settings, catalog }: Pick<Services, 'settings' | 'catalog'>,
  ref: Ref,
): Ref {
  if (ref.environment === 'production') return ref
  const cluster = catalog.getState().clusters[clusterKey(ref.scope, ref.clusterArn)]
  const task = cluster?.tasks.find(({ arn }) => arn === ref.taskArn)
  const service = cluster?.services.find(({ name }) => name === ref.serviceName)
  const rule = productionRule(settings.getState().settings.production, {
    accountId: ref.scope.accountId,
    names: [ref.accountName, ref.clusterName, ref.serviceName],
    tags: [task?.tags ?? {}, service?.tags ?? {}],
  })
  return rule === undefined ? ref : { ...ref, environment: 'production' }
}

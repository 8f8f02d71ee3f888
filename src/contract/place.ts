import { z } from 'zod'
import { timestampSchema } from './identity.ts'

/**
 * Where a container is found again after its task was replaced: a container of
 * a service, or of a standalone task's family. Names no role: whoever comes back
 * may have another one.
 */
export const containerPlaceSchema = z.object({
  accountId: z.string(),
  region: z.string(),
  clusterName: z.string(),
  /** Absent for standalone tasks, which have a family instead. */
  serviceName: z.string().optional(),
  family: z.string().optional(),
  containerName: z.string(),
})
export type ContainerPlace = z.infer<typeof containerPlaceSchema>

/** A place and when a shell was opened there last. */
export const visitedPlaceSchema = containerPlaceSchema.extend({ at: timestampSchema })
export type VisitedPlace = z.infer<typeof visitedPlaceSchema>

/** A stable key for records and comparisons. */
export function placeKey(place: ContainerPlace): string {
  const { accountId, region, clusterName, serviceName, family, containerName } = place
  const owner = serviceName === undefined ? `family:${family ?? ''}` : serviceName
  return [accountId, region, clusterName, owner, containerName].join('/')
}

import { z } from 'zod'
import { errorValueSchema } from './errors.ts'

/** Where a load balancer lets a service be reached. */
export const balancedAddressSchema = z.object({
  /** http or https, with the host and the beginning of the path that lead to this service. */
  url: z.string(),
  /** `inside` answers only within the VPC. */
  reach: z.enum(['public', 'inside']),
  loadBalancer: z.string(),
  containerName: z.string(),
  containerPort: z.number().int(),
})
export type BalancedAddress = z.infer<typeof balancedAddressSchema>

/** Where a task and its service are reached. What could not be read is a problem and costs the rest nothing. */
export const taskAddressesSchema = z.object({
  publicIp: z.string().optional(),
  balanced: z.array(balancedAddressSchema),
  problems: z.array(errorValueSchema),
})
export type TaskAddresses = z.infer<typeof taskAddressesSchema>

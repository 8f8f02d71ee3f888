import type {
  ActionTypeEnum,
  Action as ElbAction,
  Listener,
  LoadBalancer,
  Rule,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import type { BalancedAddress, TaskAddresses } from '../../contract/addresses.ts'
import type { Service } from '../../contract/catalog.ts'
import { type ErrorValue, toErrorValue } from '../../contract/errors.ts'
import type { Scope } from '../../contract/identity.ts'
import { allPages } from '../aws/all-pages.ts'
import type { AwsClients } from '../aws/clients.ts'

/** What is known of a task and its service already, so that only their addresses have to be asked for. */
export interface Addressed {
  scope: Scope
  networkInterfaceId: string | undefined
  targets: Service['targets']
}

/**
 * Where a task and its service are reached: the public address of its network
 * interface, and the listeners of load balancers that forward to it. Read when
 * somebody looks; up to two calls, and per load balancer one more and one per listener.
 * Never rejects: what may not be read is among the problems.
 */
export async function readAddresses(
  clients: AwsClients,
  { scope, networkInterfaceId, targets }: Addressed,
): Promise<TaskAddresses> {
  const [publicIp, balanced] = await Promise.all([
    attempt(readPublicIp(clients, scope, networkInterfaceId), undefined),
    attempt(readBalanced(clients, scope, targets), []),
  ])
  return {
    ...(publicIp.value !== undefined && { publicIp: publicIp.value }),
    balanced: balanced.value,
    problems: [publicIp.problem, balanced.problem].filter((problem) => problem !== undefined),
  }
}

async function attempt<Value, Otherwise>(
  reading: Promise<Value>,
  otherwise: Otherwise,
): Promise<{ value: Value | Otherwise; problem?: ErrorValue }> {
  try {
    return { value: await reading }
  } catch (error) {
    return { value: otherwise, problem: toErrorValue(error) }
  }
}

async function readPublicIp(
  clients: AwsClients,
  scope: Scope,
  id: string | undefined,
): Promise<string | undefined> {
  if (id === undefined) return undefined
  const what = { action: 'ec2:DescribeNetworkInterfaces', resource: id }
  const { NetworkInterfaces } = await clients.call('ec2', scope, what, (ec2) =>
    ec2.describeNetworkInterfaces({ NetworkInterfaceIds: [id] }),
  )
  return NetworkInterfaces?.[0]?.Association?.PublicIp
}

async function readBalanced(
  clients: AwsClients,
  scope: Scope,
  targets: Service['targets'],
): Promise<BalancedAddress[]> {
  if (targets.length === 0) return []
  const loadBalancerArns = await loadBalancersOf(clients, scope, targets)
  if (loadBalancerArns.length === 0) return []
  const what = { action: 'elasticloadbalancing:DescribeLoadBalancers' }
  const { LoadBalancers = [] } = await clients.call('elb', scope, what, (elb) =>
    elb.describeLoadBalancers({ LoadBalancerArns: loadBalancerArns }),
  )
  const found = await Promise.all(
    LoadBalancers.map(async (balancer) => {
      const listeners = await listenersOf(clients, scope, balancer)
      return Promise.all(
        listeners.map(async (listener) => {
          const rules = await rulesOf(clients, scope, listener)
          return addressesOf(balancer, listener, rules, targets)
        }),
      )
    }),
  )
  return found.flat(2)
}

async function loadBalancersOf(
  clients: AwsClients,
  scope: Scope,
  targets: Service['targets'],
): Promise<string[]> {
  const what = { action: 'elasticloadbalancing:DescribeTargetGroups' }
  const { TargetGroups } = await clients.call('elb', scope, what, (elb) =>
    elb.describeTargetGroups({ TargetGroupArns: targets.map(({ targetGroupArn }) => targetGroupArn) }),
  )
  return [...new Set(TargetGroups?.flatMap(({ LoadBalancerArns }) => LoadBalancerArns ?? []))]
}

function listenersOf(
  clients: AwsClients,
  scope: Scope,
  { LoadBalancerArn }: LoadBalancer,
): Promise<Listener[]> {
  const what = { action: 'elasticloadbalancing:DescribeListeners', resource: LoadBalancerArn }
  return allPages(async (Marker) => {
    const answer = await clients.call('elb', scope, what, (elb) =>
      elb.describeListeners({ LoadBalancerArn, Marker }),
    )
    return { items: answer.Listeners, nextToken: answer.NextMarker }
  })
}

/** Only listeners of application load balancers have rules; others do what they do by default. */
async function rulesOf(
  clients: AwsClients,
  scope: Scope,
  { ListenerArn, Protocol, DefaultActions }: Listener,
): Promise<Rule[]> {
  if (Protocol !== 'HTTP' && Protocol !== 'HTTPS') return [{ Actions: DefaultActions }]
  const what = { action: 'elasticloadbalancing:DescribeRules', resource: ListenerArn }
  return allPages(async (Marker) => {
    const answer = await clients.call('elb', scope, what, (elb) => elb.describeRules({ ListenerArn, Marker }))
    return { items: answer.Rules, nextToken: answer.NextMarker }
  })
}

/** The rules of a listener that lead to one of the targets, as addresses that a browser can open. */
export function addressesOf(
  { DNSName, Scheme, LoadBalancerName = '' }: LoadBalancer,
  { Port = 0, Protocol }: Listener,
  rules: readonly Rule[],
  targets: Service['targets'],
): BalancedAddress[] {
  return rules.flatMap((rule) => {
    const groups = (rule.Actions ?? []).flatMap(forwardsTo)
    const target = targets.find(({ targetGroupArn }) => groups.includes(targetGroupArn))
    const host = conditionOf(rule, 'host-header') ?? DNSName
    if (target === undefined || host === undefined) return []
    const url = urlOf(Protocol, host, Port, conditionOf(rule, 'path-pattern') ?? '/')
    if (url === undefined) return []
    return [
      {
        url,
        reach: Scheme === 'internal' ? 'inside' : 'public',
        loadBalancer: LoadBalancerName,
        containerName: target.containerName,
        containerPort: target.containerPort,
      },
    ]
  })
}

const forward: ActionTypeEnum = 'forward'

function forwardsTo({ Type, TargetGroupArn, ForwardConfig }: ElbAction): string[] {
  if (Type !== forward) return []
  const weighted = ForwardConfig?.TargetGroups?.flatMap(({ TargetGroupArn: arn }) => arn ?? []) ?? []
  return TargetGroupArn === undefined ? weighted : [TargetGroupArn, ...weighted]
}

/** The beginning of the first value, up to its first wildcard; a host with one in it names no host. */
function conditionOf(rule: Rule, field: 'host-header' | 'path-pattern'): string | undefined {
  const condition = rule.Conditions?.find(({ Field }) => Field === field)
  const config = field === 'host-header' ? condition?.HostHeaderConfig : condition?.PathPatternConfig
  const values = config?.Values ?? condition?.Values ?? []
  if (field === 'host-header') return values.find((value) => !/[*?]/.test(value))
  return values[0]?.replace(/[*?].*$/, '')
}

const usualPorts: Readonly<Record<string, number>> = { http: 80, https: 443 }

/** TCP and the like lead nowhere that a browser goes. */
function urlOf(protocol: string | undefined, host: string, port: number, path: string): string | undefined {
  const scheme =
    protocol === 'HTTPS' || protocol === 'TLS' ? 'https' : protocol === 'UDP' ? undefined : 'http'
  if (scheme === undefined) return undefined
  const where = usualPorts[scheme] === port ? host : `${host}:${port}`
  return URL.parse(path.startsWith('/') ? path : `/${path}`, `${scheme}://${where}`)?.href
}

import { AwsError } from '../http/aws-error.ts'
import { awsQueryEnvelope, type XmlMembers } from '../http/query-protocol.ts'
import type { QueryCall, QueryService } from '../http/query-services.ts'
import type { LiveLoadBalancer } from './live-load-balancer.ts'

const version = '2015-12-01'

/** What Elastic Load Balancing tells of application load balancers. Nothing here can be changed. */
export function createLoadBalancingService(all: () => readonly LiveLoadBalancer[]): QueryService {
  const here = (call: QueryCall) =>
    all().filter(({ place }) => place.accountId === call.caller.accountId && place.region === call.region)
  return {
    version,
    name: 'elasticloadbalancing',
    envelope: awsQueryEnvelope(`http://elasticloadbalancing.amazonaws.com/doc/${version}/`),
    operations: {
      DescribeTargetGroups: {
        handle: (call) => ({
          TargetGroups: chosen(
            call,
            here(call),
            'TargetGroupArns',
            targetGroupArn,
            'TargetGroupNotFound',
          ).map(targetGroupView),
        }),
      },
      DescribeLoadBalancers: {
        handle: (call) => ({
          LoadBalancers: chosen(
            call,
            here(call),
            'LoadBalancerArns',
            ({ arn }) => arn,
            'LoadBalancerNotFound',
          ).map(loadBalancerView),
        }),
      },
      DescribeListeners: {
        handle: (call) => ({
          Listeners: [
            listenerView(
              required(call, here(call), 'LoadBalancerArn', ({ arn }) => arn, 'LoadBalancerNotFound'),
            ),
          ],
        }),
      },
      DescribeRules: {
        handle: (call) => ({
          Rules: ruleViews(
            required(call, here(call), 'ListenerArn', ({ listenerArn }) => listenerArn, 'ListenerNotFound'),
          ),
        }),
      },
    },
  }
}

type ArnOf = (balancer: LiveLoadBalancer) => string

const targetGroupArn: ArnOf = (balancer) => balancer.targetGroupArn

/** @throws {AwsError} for an ARN that does not exist */
function chosen(
  call: QueryCall,
  balancers: readonly LiveLoadBalancer[],
  parameter: string,
  arnOf: ArnOf,
  notFound: string,
): readonly LiveLoadBalancer[] {
  const arns = call.input.strings(`${parameter}.member`)
  if (arns.length === 0) return balancers
  return arns.map((arn) => find(balancers, arn, arnOf, notFound))
}

/** @throws {AwsError} when it is missing or does not exist */
function required(
  call: QueryCall,
  balancers: readonly LiveLoadBalancer[],
  parameter: string,
  arnOf: ArnOf,
  notFound: string,
): LiveLoadBalancer {
  return find(balancers, call.input.required(parameter), arnOf, notFound)
}

function find(
  balancers: readonly LiveLoadBalancer[],
  arn: string,
  arnOf: ArnOf,
  notFound: string,
): LiveLoadBalancer {
  const found = balancers.find((balancer) => arnOf(balancer) === arn)
  if (found) return found
  throw new AwsError(notFound, `One or more of the given ARNs was not found: ${arn}`)
}

function targetGroupView(balancer: LiveLoadBalancer): XmlMembers {
  return {
    TargetGroupArn: balancer.targetGroupArn,
    TargetGroupName: balancer.description.name,
    Protocol: 'HTTP',
    Port: balancer.description.containerPort,
    TargetType: 'ip',
    LoadBalancerArns: [balancer.arn],
  }
}

function loadBalancerView(balancer: LiveLoadBalancer): XmlMembers {
  return {
    LoadBalancerArn: balancer.arn,
    LoadBalancerName: balancer.description.name,
    DNSName: balancer.dnsName,
    CreatedTime: new Date(balancer.createdAt).toISOString(),
    Scheme: balancer.description.scheme,
    Type: 'application',
    State: { Code: 'active' },
  }
}

function listenerView(balancer: LiveLoadBalancer): XmlMembers {
  const { rule, scheme } = balancer.description
  return {
    ListenerArn: balancer.listenerArn,
    LoadBalancerArn: balancer.arn,
    Port: balancer.port,
    Protocol: scheme === 'internal' ? 'HTTPS' : 'HTTP',
    DefaultActions: [rule === undefined ? forwardTo(balancer) : { Type: 'fixed-response', Order: 1 }],
  }
}

function ruleViews(balancer: LiveLoadBalancer): XmlMembers[] {
  const { rule } = balancer.description
  const arn = balancer.listenerArn.replace(':listener/', ':listener-rule/')
  const byDefault = {
    RuleArn: `${arn}/default`,
    Priority: 'default',
    IsDefault: true,
    Conditions: [],
    Actions: [rule === undefined ? forwardTo(balancer) : { Type: 'fixed-response', Order: 1 }],
  }
  if (rule === undefined) return [byDefault]
  const conditions = [
    { Field: 'host-header', Values: [rule.host], HostHeaderConfig: { Values: [rule.host] } },
    { Field: 'path-pattern', Values: [rule.path], PathPatternConfig: { Values: [rule.path] } },
  ]
  const own = {
    RuleArn: `${arn}/1`,
    Priority: '1',
    IsDefault: false,
    Conditions: conditions,
    Actions: [forwardTo(balancer)],
  }
  return [own, byDefault]
}

function forwardTo({ targetGroupArn: arn }: LiveLoadBalancer): XmlMembers {
  return {
    Type: 'forward',
    TargetGroupArn: arn,
    Order: 1,
    ForwardConfig: { TargetGroups: [{ TargetGroupArn: arn, Weight: 1 }] },
  }
}

import type { Action } from '@aws-sdk/client-elastic-load-balancing-v2'
import { expect, test } from 'vitest'
import { addressesOf } from '../../../../src/core/catalog/addresses.ts'

const targets = [{ targetGroupArn: 'arn:tg/ours', containerName: 'app', containerPort: 8080 }]
const balancer = {
  DNSName: 'shop-1.eu-west-1.elb.amazonaws.com',
  Scheme: 'internet-facing',
  LoadBalancerName: 'shop',
} as const
const forward = { Type: 'forward', TargetGroupArn: 'arn:tg/ours' } as const
const urls = (listener: Parameters<typeof addressesOf>[1], ...rules: Parameters<typeof addressesOf>[2]) =>
  addressesOf(balancer, listener, rules, targets).map(({ url }) => url)

const https = { Port: 443, Protocol: 'HTTPS' } as const
const host = (...Values: string[]) => ({ Field: 'host-header', HostHeaderConfig: { Values } })
const path = (...Values: string[]) => ({ Field: 'path-pattern', Values })

test('the usual port is left out, another one is not', () => {
  expect(urls(https, { Actions: [forward] })).toEqual(['https://shop-1.eu-west-1.elb.amazonaws.com/'])
  expect(urls({ Port: 8080, Protocol: 'HTTP' }, { Actions: [forward] })).toEqual([
    'http://shop-1.eu-west-1.elb.amazonaws.com:8080/',
  ])
})

test('the host and the beginning of the path come from the rule', () => {
  expect(
    urls(https, { Actions: [forward], Conditions: [host('shop.example.com'), path('/api/v1/*')] }),
  ).toEqual(['https://shop.example.com/api/v1/'])
  expect(urls(https, { Actions: [forward], Conditions: [host('*.example.com', 'a.example.com')] })).toEqual([
    'https://a.example.com/',
  ])
  expect(urls(https, { Actions: [forward], Conditions: [host('*.example.com'), path('*')] })).toEqual([
    'https://shop-1.eu-west-1.elb.amazonaws.com/',
  ])
})

test('weighted groups count, and rules that lead elsewhere do not', () => {
  const weighted = {
    Type: 'forward',
    ForwardConfig: { TargetGroups: [{ TargetGroupArn: 'arn:tg/other' }, { TargetGroupArn: 'arn:tg/ours' }] },
  } satisfies Action
  const elsewhere = { Type: 'forward', TargetGroupArn: 'arn:tg/other' } as const
  const redirect = { Type: 'redirect', TargetGroupArn: 'arn:tg/ours' } as const
  expect(urls(https, { Actions: [weighted] })).toHaveLength(1)
  expect(urls(https, { Actions: [elsewhere] }, { Actions: [redirect] }, {})).toEqual([])
})

test('what is no address of a web page is left out', () => {
  expect(urls({ Port: 53, Protocol: 'UDP' }, { Actions: [forward] })).toEqual([])
  expect(urls(https, { Actions: [forward], Conditions: [host('not a host')] })).toEqual([])
})

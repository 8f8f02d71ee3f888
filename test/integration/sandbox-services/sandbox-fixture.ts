import { resolve } from 'node:path'
import { CloudTrailClient } from '@aws-sdk/client-cloudtrail'
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs'
import { ECSClient } from '@aws-sdk/client-ecs'
import { SSMClient } from '@aws-sdk/client-ssm'
import { SSOClient } from '@aws-sdk/client-sso'
import { SSOOIDCClient } from '@aws-sdk/client-sso-oidc'
import { STSClient } from '@aws-sdk/client-sts'
import { SimulatedRuntime } from '../../../src/sandbox/containers/simulated/simulated-runtime.ts'
import { type Sandbox, startSandbox } from '../../../src/sandbox/sandbox.ts'
import { createMessageGateway } from '../../../src/sandbox/services/message-gateway/gateway.ts'

export const region = 'eu-west-1'
export const production = '111122223333'
export const startUrl = 'https://example-corp.awsapps.com/start'

export interface Credentials {
  accessKeyId: string
  secretAccessKey: string
  sessionToken?: string
}

/** A whole sandbox on a port of its own, without the agent's waits that only cost time in a test. */
export function startTestSandbox(options: { tasks?: number; accounts?: number } = {}): Promise<Sandbox> {
  return startSandbox({
    ...options,
    port: 0,
    runtime: new SimulatedRuntime({ imagesFolder: resolve('resources/sandbox/images'), now: Date.now }),
    createGateway: (gateway) =>
      createMessageGateway({ ...gateway, closeDelay: 20, agent: { firstOutputDelay: 0, chunkInterval: 0 } }),
  })
}

/** The operator's key, which needs no sign-in. */
export function operatorOf(sandbox: Sandbox): Credentials {
  const { accessKeyId, secretAccessKey } = sandbox.ready
  return { accessKeyId, secretAccessKey }
}

/** SDK clients that talk to the sandbox; nothing is retried, so that a test sees every answer. */
export function clientsFor(sandbox: Sandbox, credentials: Credentials = operatorOf(sandbox)) {
  const common = { endpoint: sandbox.endpoint, region, maxAttempts: 1, credentials }
  return {
    ecs: new ECSClient(common),
    ssm: new SSMClient(common),
    sts: new STSClient(common),
    logs: new CloudWatchLogsClient(common),
    trail: new CloudTrailClient(common),
  }
}

export function signInClientsFor(sandbox: Sandbox) {
  const common = { endpoint: sandbox.endpoint, region, maxAttempts: 1 }
  return { oidc: new SSOOIDCClient(common), portal: new SSOClient(common) }
}

/** Presses a button on an approval page, as a browser would. Redirects are not followed. */
export async function decide(page: string, decision: 'allow' | 'deny', user = 'ana'): Promise<Response> {
  const html = await (await fetch(page)).text()
  const action = /<form method="post" action="([^"]+)"/.exec(html)?.[1]
  const request = /name="request" value="([^"]+)"/.exec(html)?.[1]
  if (!action || !request) throw new Error(`There is no approval form at ${page}: ${html}`)
  const body = new URLSearchParams({ request, user, decision })
  return fetch(new URL(action, page), { method: 'POST', body, redirect: 'manual' })
}

/** Switches faults on, or all off with `{clear: true}`. */
export async function setFaults(sandbox: Sandbox, faults: Record<string, unknown>): Promise<void> {
  const response = await fetch(`${sandbox.endpoint}/_sandbox/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(faults),
  })
  if (!response.ok) throw new Error(await response.text())
}

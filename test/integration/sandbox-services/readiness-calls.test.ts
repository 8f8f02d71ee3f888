import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { EC2 } from '@aws-sdk/client-ec2'
import { ECS } from '@aws-sdk/client-ecs'
import { IAM } from '@aws-sdk/client-iam'
import { KMS } from '@aws-sdk/client-kms'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Sandbox } from '../../../src/sandbox/sandbox.ts'
import { permissionSetPrincipal } from '../../../src/sandbox/services/identity/access-keys.ts'
import { operatorOf, production, region, startTestSandbox } from './sandbox-fixture.ts'

/** What readiness asks of AWS, asked by AWS's own SDK and command line. */

const run = promisify(execFile)
let sandbox: Sandbox
let ecs: ECS
let iam: IAM
let ec2: EC2
let kms: KMS
let environment: NodeJS.ProcessEnv

beforeAll(async () => {
  sandbox = await startTestSandbox()
  const options = { endpoint: sandbox.endpoint, region, credentials: operatorOf(sandbox), maxAttempts: 1 }
  ecs = new ECS(options)
  iam = new IAM(options)
  ec2 = new EC2(options)
  kms = new KMS(options)
  const { accessKeyId, secretAccessKey } = operatorOf(sandbox)
  environment = {
    ...process.env,
    AWS_ENDPOINT_URL: sandbox.endpoint,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_DEFAULT_REGION: region,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_PAGER: '',
  }
})
afterAll(() => sandbox[Symbol.asyncDispose]())

const channelActions = [
  'ssmmessages:CreateControlChannel',
  'ssmmessages:CreateDataChannel',
  'ssmmessages:OpenControlChannel',
  'ssmmessages:OpenDataChannel',
]

async function decisions(source: string, actions: string[], resource = '*'): Promise<(string | undefined)[]> {
  const { EvaluationResults = [] } = await iam.simulatePrincipalPolicy({
    PolicySourceArn: source,
    ActionNames: actions,
    ResourceArns: [resource],
  })
  expect(EvaluationResults.map(({ EvalActionName }) => EvalActionName)).toEqual(actions)
  return EvaluationResults.map(({ EvalDecision }) => EvalDecision)
}

test('IAM simulates the policies that sessions are judged by', async () => {
  const role = (name: string) => `arn:aws:iam::${production}:role/${name}`
  expect(await decisions(role('storefront-task'), channelActions)).toEqual(Array(4).fill('allowed'))
  expect(await decisions(role('recommendations-task'), channelActions)).toEqual(Array(4).fill('implicitDeny'))
  const engineer = permissionSetPrincipal(production, 'PlatformEngineer', 'ana', []).role
  const task = `arn:aws:ecs:${region}:${production}:task/web/4f1c`
  expect(await decisions(engineer?.arn ?? '', ['ecs:ExecuteCommand', 'ssm:StartSession'], task)).toEqual([
    'allowed',
    'explicitDeny',
  ])
  await expect(decisions(role('nobody'), ['ecs:ListTasks'])).rejects.toMatchObject({
    name: 'NoSuchEntityException',
  })
})

test('IAM describes a role by the name in a session’s ARN, and lists all page by page', async () => {
  const engineer = permissionSetPrincipal(production, 'PlatformEngineer', 'ana', []).role
  const { Role } = await iam.getRole({ RoleName: engineer?.name })
  expect(Role).toMatchObject({ Arn: engineer?.arn, RoleId: engineer?.id })
  const names: string[] = []
  let Marker: string | undefined
  do {
    const page = await iam.listRoles({ MaxItems: 5, Marker })
    expect(page.Roles?.length).toBeLessThanOrEqual(5)
    names.push(...(page.Roles ?? []).map(({ RoleName = '' }) => RoleName))
    Marker = page.Marker
  } while (Marker)
  expect(names).toEqual([...new Set(names)].sort())
  expect(names).toEqual(expect.arrayContaining([engineer?.name, 'storefront-task', 'AWSServiceRoleForECS']))
})

test('EC2 knows the subnet and interface that ECS tells of a task, and what leads out of there', async () => {
  const { cluster, task } = sandbox.ready.sample
  const { tasks = [] } = await ecs.describeTasks({ cluster, tasks: [task] })
  const details = tasks[0]?.attachments?.[0]?.details ?? []
  const detail = (wanted: string) => details.find(({ name }) => name === wanted)?.value ?? ''
  const { Subnets = [] } = await ec2.describeSubnets({ SubnetIds: [detail('subnetId')] })
  const [subnet] = Subnets
  expect(subnet).toMatchObject({
    SubnetId: detail('subnetId'),
    OwnerId: production,
    MapPublicIpOnLaunch: false,
  })
  const { NetworkInterfaces = [] } = await ec2.describeNetworkInterfaces({
    NetworkInterfaceIds: [detail('networkInterfaceId')],
  })
  expect(NetworkInterfaces[0]).toMatchObject({ VpcId: subnet?.VpcId, PrivateIpAddress: '10.0.42.17' })
  const inVpc = [{ Name: 'vpc-id', Values: [subnet?.VpcId ?? ''] }]
  const { RouteTables = [] } = await ec2.describeRouteTables({
    Filters: [{ Name: 'association.subnet-id', Values: [detail('subnetId')] }],
  })
  expect(RouteTables[0]?.Routes?.find(({ NatGatewayId }) => NatGatewayId)).toMatchObject({
    DestinationCidrBlock: '0.0.0.0/0',
    State: 'active',
  })
  const { VpcEndpoints = [] } = await ec2.describeVpcEndpoints({ Filters: inVpc })
  expect(VpcEndpoints).toContainEqual(
    expect.objectContaining({
      ServiceName: `com.amazonaws.${region}.ssmmessages`,
      PrivateDnsEnabled: true,
      SubnetIds: expect.arrayContaining([detail('subnetId')]),
    }),
  )
  const groupIds = NetworkInterfaces[0]?.Groups?.map(({ GroupId = '' }) => GroupId) ?? []
  const { SecurityGroups = [] } = await ec2.describeSecurityGroups({ GroupIds: groupIds })
  expect(SecurityGroups[0]?.IpPermissionsEgress).toEqual([
    expect.objectContaining({ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }),
  ])
  const attribute = { VpcId: subnet?.VpcId, Attribute: 'enableDnsHostnames' } as const
  expect(await ec2.describeVpcAttribute(attribute)).toMatchObject({ EnableDnsHostnames: { Value: true } })
  await expect(ec2.describeSubnets({ SubnetIds: ['subnet-0'] })).rejects.toMatchObject({
    name: 'InvalidSubnetID.NotFound',
  })
})

test('an instance is described with its agent, its place and its interface', async () => {
  const { taskArns = [] } = await ecs.listTasks({ cluster: 'web', serviceName: 'edge-cache' })
  const { tasks = [] } = await ecs.describeTasks({ cluster: 'web', tasks: taskArns })
  const { containerInstances = [] } = await ecs.describeContainerInstances({
    cluster: 'web',
    containerInstances: [tasks[0]?.containerInstanceArn ?? ''],
  })
  const [instance] = containerInstances
  expect(instance?.versionInfo?.agentVersion).toMatch(/^1\.\d+\.\d+$/)
  const { NetworkInterfaces = [] } = await ec2.describeNetworkInterfaces({
    Filters: [{ Name: 'attachment.instance-id', Values: [instance?.ec2InstanceId ?? ''] }],
  })
  const attribute = (wanted: string) => instance?.attributes?.find(({ name }) => name === wanted)?.value
  expect(NetworkInterfaces[0]).toMatchObject({
    SubnetId: attribute('ecs.subnet-id'),
    VpcId: attribute('ecs.vpc-id'),
  })
})

test('KMS says whether the key of a cluster can be used', async () => {
  const { KeyMetadata } = await kms.describeKey({ KeyId: 'alias/ecs-exec' })
  expect(KeyMetadata).toMatchObject({ Enabled: true, KeyState: 'Enabled' })
  await expect(kms.describeKey({ KeyId: 'alias/none' })).rejects.toMatchObject({ name: 'NotFoundException' })
})

test('AWS’s command line understands the same answers', async (context) => {
  const aws = async (...words: string[]) =>
    JSON.parse((await run('aws', [...words, '--output', 'json'], { env: environment })).stdout)
  if (!(await run('aws', ['--version']).catch(() => undefined))) return context.skip('There is no AWS CLI.')
  const simulated = await aws(
    ...['iam', 'simulate-principal-policy'],
    ...['--policy-source-arn', `arn:aws:iam::${production}:role/recommendations-task`],
    ...['--action-names', 'ssmmessages:OpenDataChannel'],
  )
  expect(simulated.EvaluationResults[0].EvalDecision).toBe('implicitDeny')
  const { VpcEndpoints } = await aws('ec2', 'describe-vpc-endpoints')
  expect(VpcEndpoints).toHaveLength(5)
})

import type { Container, Task } from '../../../contract/catalog.ts'

const launchTypes: Record<string, string> = {
  FARGATE: 'Fargate',
  EC2: 'EC2',
  EXTERNAL: 'External',
  MANAGED_INSTANCES: 'Managed instances',
}

/** "Fargate 1.4.0, Linux x86_64", as far as ECS says. */
export function platformText({
  launchType,
  platformVersion,
  platformFamily,
  architecture,
}: Pick<Task, 'launchType' | 'platformVersion' | 'platformFamily' | 'architecture'>): string {
  const launch = [launchTypes[launchType] ?? launchType, platformVersion].filter(Boolean).join(' ')
  const system = [platformFamily && familyText(platformFamily), architecture].filter(Boolean).join(' ')
  return system === '' ? launch : `${launch}, ${system}`
}

/** `WINDOWS_SERVER_2019_CORE` as it is spoken. */
function familyText(family: string): string {
  return family
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase())
    .join(' ')
}

/** "1 vCPU, 2 GB", "0.25 vCPU, 512 MB". */
export function sizeText({ cpu, memory }: Pick<Task, 'cpu' | 'memory'>): string | undefined {
  const parts = [
    cpu === undefined ? undefined : `${Number((cpu / 1024).toFixed(2))} vCPU`,
    memory === undefined ? undefined : memoryText(memory),
  ].filter((part) => part !== undefined)
  return parts.length === 0 ? undefined : parts.join(', ')
}

function memoryText(mebibytes: number): string {
  return mebibytes < 1024 ? `${mebibytes} MB` : `${Number((mebibytes / 1024).toFixed(1))} GB`
}

/** An image by its own name: the registry and path stay in the tooltip, a digest keeps its first digits. */
export function shortImage(image: string): string {
  const name = image.slice(image.lastIndexOf('/') + 1)
  return name.replace(/@sha256:([0-9a-f]{12})[0-9a-f]*$/, '@$1')
}

/** Last segment of a key's or log group's ARN; anything else as it is. */
export function shortArn(text: string): string {
  if (!text.startsWith('arn:')) return text
  return text
    .split(':')
    .slice(5)
    .join(':')
    .replace(/^key\//, '')
}

export const agentWords: Record<Container['execAgent'], string> = {
  RUNNING: 'Running',
  PENDING: 'Starting',
  STOPPED: 'Stopped',
  ABSENT: 'None',
}

/** A task that is on its way out takes no new shell. */
export function takesShells(task: Pick<Task, 'status' | 'desiredStatus'>): boolean {
  const phase = phaseOf(task)
  return phase === 'starting' || phase === 'running'
}

export type TaskPhase = 'starting' | 'running' | 'stopping' | 'stopped'

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html */
export function phaseOf({ status, desiredStatus }: Pick<Task, 'status' | 'desiredStatus'>): TaskPhase {
  if (status === 'STOPPED' || status === 'DELETED') return 'stopped'
  if (desiredStatus === 'STOPPED') return 'stopping'
  return status === 'RUNNING' ? 'running' : 'starting'
}

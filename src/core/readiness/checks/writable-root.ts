import type { ContainerDefinition } from '@aws-sdk/client-ecs'
import { execAgentOf } from '../../catalog/ecs-model.ts'
import { type Check, documents, evidenceOf, listed, ok } from '../check.ts'

/** Where the exec agent writes; writable volumes there make up for a locked root file system. */
const agentFolders = ['/var/lib/amazon/ssm', '/var/log/amazon/ssm']

export const writableRoot: Check = {
  id: 'writable-root',
  group: 'container',
  title: 'Agent can write to its folders',
  problem: 'The root file system is read-only',
  async run(facts) {
    const { containerDefinitions = [] } = await facts.definition()
    const locked = containerDefinitions.filter(isLocked)
    if (locked.length === 0)
      return ok('No container has a locked root file system without volumes for the agent.')
    const { containers = [] } = await facts.task()
    const agentRuns = (name: string | undefined) =>
      containers.some((container) => container.name === name && execAgentOf(container).status === 'RUNNING')
    const barred = locked.filter(({ name }) => !agentRuns(name))
    const isBarred = barred.length === containerDefinitions.length
    const names = listed(locked.map(({ name = '' }) => name))
    return {
      status: isBarred ? 'blocked' : 'advice',
      certainty: barred.length > 0 ? 'likely' : 'possible',
      cause:
        barred.length > 0
          ? `The root file system of ${names} is read-only, and the exec agent needs to write.`
          : `The root file system of ${names} is read-only. The agent runs all the same, so far.`,
      evidence: locked.map((container) =>
        evidenceOf(
          `DescribeTaskDefinition ${container.name}`,
          { readonlyRootFilesystem: true, mountPoints: `none at ${missingFolders(container).join(', ')}` },
          ['readonlyRootFilesystem'],
        ),
      ),
      fix: {
        text: 'Turn the setting off, or mount a writable volume at the two folders that the agent uses.',
        snippet: { label: 'Copy task definition change', text: volumesSnippet() },
      },
      docUrl: documents.overview,
    }
  },
}

function isLocked(container: ContainerDefinition): boolean {
  return container.readonlyRootFilesystem === true && missingFolders(container).length > 0
}

function missingFolders({ mountPoints = [] }: ContainerDefinition): string[] {
  const writable = mountPoints
    .filter(({ readOnly }) => !readOnly)
    .map(({ containerPath = '' }) => containerPath)
  const covers = (folder: string) => (place: string) =>
    folder === place || folder.startsWith(`${place.replace(/\/$/, '')}/`)
  return agentFolders.filter((folder) => !writable.some(covers(folder)))
}

function volumesSnippet(): string {
  const names = ['ssm-state', 'ssm-logs']
  return JSON.stringify(
    {
      volumes: names.map((name) => ({ name })),
      mountPoints: agentFolders.map((containerPath, index) => ({
        sourceVolume: names[index],
        containerPath,
        readOnly: false,
      })),
    },
    undefined,
    2,
  )
}

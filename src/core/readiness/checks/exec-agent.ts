import { execAgentOf } from '../../catalog/ecs-model.ts'
import { type Check, documents, evidenceOf, listed, ok } from '../check.ts'

/** Agents are found by name: their position in ECS's answer means nothing. */
export const execAgent: Check = {
  id: 'exec-agent',
  group: 'container',
  title: 'Exec agent runs in every container',
  problem: 'The exec agent is not running',
  async run(facts) {
    const task = await facts.task()
    const agents = (task.containers ?? []).map((container) => {
      const { name = '', managedAgents } = container
      const raw = managedAgents?.find((agent) => agent.name === 'ExecuteCommandAgent')
      return { name, ...execAgentOf(container), lastStartedAt: raw?.lastStartedAt }
    })
    if (!task.enableExecuteCommand) {
      return { status: 'unknown', cause: 'There is none, because exec was off when the task started.' }
    }
    if (task.lastStatus === 'STOPPED')
      return { status: 'unknown', cause: 'The task has stopped, and its agents with it.' }
    const down = agents.filter(({ status }) => status !== 'RUNNING')
    if (down.length === 0) return ok(`Running in ${agents.length} of ${agents.length} containers.`)
    const isStarting = down.every(({ status }) => status === 'PENDING')
    const isEverywhere = down.length === agents.length
    const names = listed(down.map(({ name }) => name))
    return {
      status: isEverywhere ? 'blocked' : 'advice',
      certainty: 'certain',
      cause: isStarting
        ? `The exec agent in ${names} is still starting.`
        : `The exec agent in ${names} ${down.some(({ status }) => status === 'STOPPED') ? 'stopped' : 'is missing'}. It does not start again by itself.`,
      evidence: down.map(({ name, status, reason, lastStartedAt }) =>
        evidenceOf(
          `DescribeTasks containers[${name}].managedAgents`,
          { lastStatus: status, reason, lastStartedAt: lastStartedAt?.toISOString() },
          ['lastStatus', 'reason'],
        ),
      ),
      fix: isStarting
        ? { text: 'Wait a moment and check again.' }
        : task.group?.startsWith('service:')
          ? { text: 'Replace the task: the agent starts with a new one.', action: 'replace-task' }
          : { text: 'Stop the task and run it again: the agent starts with a new one.' },
      docUrl: documents.troubleshooting,
    }
  },
}

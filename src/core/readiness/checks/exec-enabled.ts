import { type Check, documents, evidenceOf, ok } from '../check.ts'

/** A task keeps what it was started with: turning exec on at the service reaches only new tasks. */
export const execEnabled: Check = {
  id: 'exec-enabled',
  group: 'task',
  title: 'Exec was on when the task started',
  problem: 'Exec was off when the task started',
  async run(facts) {
    const { enableExecuteCommand, startedAt } = await facts.task()
    if (enableExecuteCommand) return ok('ECS Exec is on.')
    // Whoever may not read services still learns of the task.
    const service = await facts.service().catch(() => undefined)
    const serviceIsOn = service?.enableExecuteCommand === true
    return {
      status: 'blocked',
      certainty: 'certain',
      cause: serviceIsOn
        ? 'ECS Exec was off when this task started. It is on for the service now, so new tasks have it.'
        : 'ECS Exec is off for this task, and that cannot be changed while it runs.',
      evidence: [
        evidenceOf('DescribeTasks', { enableExecuteCommand: false, startedAt: startedAt?.toISOString() }, [
          'enableExecuteCommand',
        ]),
        ...(service
          ? [
              evidenceOf(
                `DescribeServices ${service.serviceName}`,
                { enableExecuteCommand: serviceIsOn },
                serviceIsOn ? [] : ['enableExecuteCommand'],
              ),
            ]
          : []),
      ],
      fix: serviceIsOn
        ? { text: 'Replace the task, or choose a newer one of the service.', action: 'replace-task' }
        : service
          ? {
              text: 'Turn exec on for the service. A new deployment replaces its tasks.',
              action: 'enable-exec',
            }
          : { text: 'Run the task again with --enable-execute-command.' },
      docUrl: documents.overview,
    }
  },
}

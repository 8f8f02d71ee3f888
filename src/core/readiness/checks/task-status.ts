import { type Check, documents, evidenceOf, ok } from '../check.ts'

const startingStatuses = new Set(['PROVISIONING', 'PENDING', 'ACTIVATING'])

export const taskStatus: Check = {
  id: 'task-status',
  group: 'task',
  title: 'Task runs',
  problem: 'The task does not run',
  async run(facts) {
    const { lastStatus = 'UNKNOWN', desiredStatus, stoppedReason, stopCode, group } = await facts.task()
    if (lastStatus === 'RUNNING' && desiredStatus === 'RUNNING') return ok('It is running.')
    const isStarting = startingStatuses.has(lastStatus) && desiredStatus === 'RUNNING'
    const belongsToService = group?.startsWith('service:')
    return {
      status: 'blocked',
      certainty: 'certain',
      cause: isStarting
        ? `The task is starting: it is ${lastStatus}.`
        : `The task ${lastStatus === 'STOPPED' ? 'has stopped' : 'is stopping'}.`,
      evidence: [
        evidenceOf('DescribeTasks', { lastStatus, desiredStatus, stopCode, stoppedReason }, [
          'lastStatus',
          'stoppedReason',
        ]),
      ],
      fix: {
        text: isStarting
          ? 'Wait a moment and check again.'
          : belongsToService
            ? 'Choose another task of the service.'
            : 'Run the task again where it was started.',
      },
      docUrl: documents.overview,
    }
  },
}

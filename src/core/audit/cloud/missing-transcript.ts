import type { MissingTranscript } from '../../../contract/cloud-audit.ts'
import type { TranscriptPlace } from './transcript-place.ts'

/** The agent uploads when the session is over; after this long it is not going to. */
export const uploadPatienceMilliseconds = 10 * 60_000

/** What is known of the session whose transcript was looked for. */
export interface EndOfSession {
  live: boolean
  endedAt?: number | undefined
}

/**
 * Why there is no transcript: what is certain, or else everything that is known
 * to keep the agent from writing one, the likely first. Causes from AWS's own
 * documentation and the agent's issues:
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html
 * https://github.com/aws/amazon-ssm-agent/issues/653
 */
export function whyMissing(
  place: TranscriptPlace,
  end: EndOfSession,
  now: number,
  groupMissing = false,
): MissingTranscript {
  if (place.kind === 'nowhere') return nowhere[place.because]
  if (place.kind === 'bucket') {
    const key = [place.prefix, '<session ID>.log'].filter(Boolean).join('/')
    return {
      message: `The cluster keeps transcripts in S3, which Porthole does not read: ${place.name}/${key}.`,
      causes: [],
      later: false,
    }
  }
  if (end.live)
    return { message: 'AWS writes the transcript when the session is over.', causes: [], later: true }
  if (groupMissing)
    return {
      message: `The log group ${place.name} does not exist.`,
      causes: ['Create the log group: the exec agent does not.'],
      later: false,
    }
  const later = end.endedAt !== undefined && now - end.endedAt < uploadPatienceMilliseconds
  return {
    message: later
      ? `There is no transcript in ${place.name} yet. It can take some minutes.`
      : `There is no transcript in ${place.name}.`,
    causes: later ? [] : possibleCauses,
    later,
  }
}

const nowhere: Record<Extract<TranscriptPlace, { kind: 'nowhere' }>['because'], MissingTranscript> = {
  'logging-off': {
    message: 'The cluster is set to log no sessions.',
    causes: ['Set logging to OVERRIDE with a log group in its executeCommandConfiguration.'],
    later: false,
  },
  'no-awslogs': {
    message: 'The cluster logs sessions where the container logs, and this container does not use awslogs.',
    causes: ['Set logging to OVERRIDE with a log group in the executeCommandConfiguration of the cluster.'],
    later: false,
  },
  'task-unknown': {
    message: 'ECS no longer knows the task, so nobody can tell where its container logged.',
    causes: ['Look into the log groups of its service for a stream with the name of the session.'],
    later: false,
  },
}

const possibleCauses = [
  'The image has no script (util-linux) or no cat: the agent needs both to write a transcript.',
  'The task role lacks logs:CreateLogStream, logs:DescribeLogStreams or logs:PutLogEvents on the group, or logs:DescribeLogGroups.',
  'With a KMS key: the task role lacks kms:Decrypt.',
  'The subnet has no way to CloudWatch Logs: no NAT, no VPC endpoint.',
  'The container ended before the session did; writing the transcript comes last.',
  'The retention of the log group is over.',
]

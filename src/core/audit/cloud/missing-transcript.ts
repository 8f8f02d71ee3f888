import type { MissingTranscript } from '../../../contract/cloud-audit.ts'
import type { TranscriptPlace, TranscriptPlaces } from './transcript-place.ts'

/** The agent uploads when the session is over; after this long it is not going to. */
export const uploadPatienceMilliseconds = 10 * 60_000

/** What is known of the session whose transcript was looked for. */
export interface EndOfSession {
  live: boolean
  endedAt?: number | undefined
}

/** What looking into one place came to, where that was no transcript. */
export interface Absence {
  place: TranscriptPlace
  because: 'nothing-there' | 'no-such-place' | 'not-encrypted'
}

/**
 * Why there is no transcript: what is certain, or else everything that is known
 * to keep the agent from writing one, the likely first. Causes from AWS's own
 * documentation and the agent's issues:
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html
 * https://github.com/aws/amazon-ssm-agent/issues/653
 * https://github.com/aws-containers/amazon-ecs-exec-checker/issues/79
 *
 * @param absences one per place that was looked into, at least one
 */
export function whyMissing(absences: readonly Absence[], end: EndOfSession, now: number): MissingTranscript {
  if (end.live)
    return { message: 'AWS writes the transcript when the session is over.', causes: [], later: true }
  const certain = absences.filter(({ because }) => because !== 'nothing-there')
  if (certain.length > 0)
    return {
      message: certain.map(whatIsWrong).join(' '),
      causes: certain.map(whatToDo),
      later: false,
    }
  const names = absences.map(({ place }) => place.name).join(' or ')
  const later = end.endedAt !== undefined && now - end.endedAt < uploadPatienceMilliseconds
  return {
    message: later
      ? `There is no transcript in ${names} yet. It can take some minutes.`
      : `There is no transcript in ${names}.`,
    causes: later ? [] : possibleCauses(absences.map(({ place }) => place.kind)),
    later,
  }
}

/** Why AWS writes none at all. */
export function whyNowhere(
  because: Extract<TranscriptPlaces, { nowhere: unknown }>['nowhere'],
): MissingTranscript {
  return nowhere[because]
}

function whatIsWrong({ place: { kind, name }, because }: Absence): string {
  if (because === 'not-encrypted')
    return `The cluster declares bucket ${name} to be encrypted, and it is not, so the agent writes nothing.`
  return `The ${kind === 'bucket' ? 'bucket' : 'log group'} ${name} does not exist.`
}

function whatToDo({ place: { kind }, because }: Absence): string {
  if (because === 'not-encrypted')
    return 'Encrypt the bucket by default, or turn s3EncryptionEnabled off in the cluster.'
  return kind === 'bucket'
    ? 'Create the bucket, or name another one in the cluster.'
    : 'Create the log group: the exec agent does not.'
}

const nowhere: Record<Extract<TranscriptPlaces, { nowhere: unknown }>['nowhere'], MissingTranscript> = {
  'logging-off': {
    message: 'The cluster is set to log no sessions.',
    causes: ['Set logging to OVERRIDE with a log group or bucket in its executeCommandConfiguration.'],
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

function possibleCauses(kinds: readonly TranscriptPlace['kind'][]): string[] {
  const toGroup = kinds.includes('log-group')
  const toBucket = kinds.includes('bucket')
  const services = [...(toGroup ? ['CloudWatch Logs'] : []), ...(toBucket ? ['S3'] : [])].join(' and ')
  return [
    'The image has no script (util-linux) or no cat: the agent needs both to write a transcript.',
    ...(toGroup
      ? [
          'The task role lacks logs:CreateLogStream, logs:DescribeLogStreams or logs:PutLogEvents on the group, or logs:DescribeLogGroups.',
        ]
      : []),
    ...(toBucket
      ? [
          'The task role lacks s3:PutObject in the bucket, or s3:GetEncryptionConfiguration where encryption is declared.',
          'The bucket is encrypted with a KMS key, and the task role lacks kms:GenerateDataKey on it.',
        ]
      : []),
    'With a KMS key for sessions: the task role lacks kms:Decrypt.',
    `The subnet has no way to ${services}: no NAT, no VPC endpoint.`,
    'The container ended before the session did; writing the transcript comes last.',
    toBucket
      ? `${toGroup ? 'The retention of the log group or a' : 'A'} lifecycle rule of the bucket removed it.`
      : 'The retention of the log group is over.',
  ]
}

import path from 'node:path'
import type { AwsClients } from '../aws/clients.ts'
import { systemClock } from '../clock.ts'
import type { CoreOptions } from '../core-options.ts'
import type { HostProblems } from '../host-problems.ts'
import type { IdentityService } from '../identity/identity-service.ts'
import { onSignedIn } from '../refresh-after-sign-in.ts'
import type { SettingsStore } from '../settings.ts'
import type { AuditClient } from './audit-client.ts'
import { type CloudAudit, createCloudAudit } from './cloud/cloud-audit.ts'
import { SearchWithCloud } from './cloud/search-with-cloud.ts'
import { WindowExports } from './export/window-exports.ts'
import { followAudit } from './follow-audit.ts'
import { localUserName } from './local-user.ts'
import { keepRetention } from './retention/keep-retention.ts'
import { Viewing } from './viewing.ts'

/** The record of this computer beside what AWS tells, and what people do with both. */
export interface AuditHistory {
  audit: AuditClient
  cloudAudit: CloudAudit
  search: SearchWithCloud
  viewing: Viewing
  exports: WindowExports
}

interface AuditHistoryParts {
  signIn: IdentityService
  clients: AwsClients
  settings: SettingsStore
  problems: HostProblems
}

/** Builds all that core has of the audit history; what must be let go is left to `resources`. */
export function createAuditHistory(
  resources: AsyncDisposableStack,
  options: CoreOptions,
  { signIn, clients, settings, problems }: AuditHistoryParts,
): AuditHistory {
  const { log } = options
  const clock = systemClock
  const audit = resources.use(followAudit(options.audit, problems, log))
  const viewing = new Viewing({
    audit,
    caller: (scope) => signIn.caller(scope),
    localUser: localUserName(),
    clock,
    log,
  })
  resources.use(onSignedIn(signIn, () => viewing.forget()))
  const exports = resources.use(
    new WindowExports({
      audit,
      actor: (scope) => viewing.actor(scope),
      folder: options.exportFolder,
      verifierFile: options.verifierFile,
      version: options.version,
      clock,
      downloads: options.abilities.downloads,
    }),
  )
  const actor = () => viewing.actor(undefined)
  const cloudAudit = resources.use(
    createCloudAudit({
      file: path.join(options.dataFolder, 'cloud', 'cloudtrail.sqlite'),
      fileKey: () => audit.derivedKey('cloud-file'),
      clients,
      attempts: (taskArn) => audit.attempts(taskArn),
      touchedHere: () => audit.touched(),
      knownAwsSessions: () => audit.awsSessionIds(),
      snapshotOf: (taskArn) => audit.taskSnapshot(taskArn),
      transcriptKey: () => audit.derivedKey('transcripts'),
      onTranscriptRead: ({ scope, taskArn }, event) => viewing.transcript(scope, taskArn, event),
      forgetTranscript: (awsSessionId) => audit.purgeTranscript(awsSessionId),
      retention: () => settings.get().retention,
      held: () => audit.held(),
      actor,
      note: (facts) => audit.note(facts),
      clock,
      log,
    }),
  )
  resources.use(keepRetention({ audit, cloud: cloudAudit, settings, actor, clock, log }))
  const search = new SearchWithCloud({ audit, cloud: cloudAudit, clock, log })
  return { audit, cloudAudit, search, viewing, exports }
}

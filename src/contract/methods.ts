import { z } from 'zod'
import { accessSchema } from './access.ts'
import { taskAddressesSchema } from './addresses.ts'
import {
  auditEntrySchema,
  auditSessionSchema,
  commandOutputSchema,
  recordingPageSchema,
  taskSnapshotSchema,
  touchedTaskSchema,
} from './audit.ts'
import { catalogScopeSchema, clusterSchema, taskSchema } from './catalog.ts'
import {
  cloudHistorySchema,
  importedShellsRequestSchema,
  importedShellsSchema,
  importOutcomeSchema,
  importPartSchema,
  importsSchema,
  transcriptSchema,
} from './cloud-audit.ts'
import { commandEntrySchema } from './command-marker.ts'
import { commandSummariesSchema, mostSummaries } from './command-summary.ts'
import { diagnosticsSchema } from './diagnostics.ts'
import { errorValueSchema } from './errors.ts'
import { exportWishSchema, windowExportSchema } from './export.ts'
import { hostInfoSchema, settingsSchema } from './host.ts'
import {
  callerSchema,
  identityIdSchema,
  identityListSchema,
  scopeSchema,
  signInAttemptSchema,
  signInFlowSchema,
} from './identity.ts'
import { integrityReportSchema, integrityStateSchema } from './integrity.ts'
import {
  endedLogRangeSchema,
  logBatchSchema,
  logRangeSchema,
  logSourceSchema,
  logSpikesSchema,
  logTaskSchema,
} from './logs.ts'
import {
  pluginFindingsSchema,
  pluginInstallSchema,
  pluginOfferSchema,
  pluginVersionTextSchema,
} from './plugin.ts'
import {
  entrantsSchema,
  execRolloutSchema,
  execSwitchSchema,
  readinessReportSchema,
  readinessTaskSchema,
} from './readiness.ts'
import { recordActsRequestSchema, recordActsSchema } from './record-acts.ts'
import { holdTargetSchema } from './retention.ts'
import { searchAnswerSchema, searchRequestSchema } from './search.ts'
import { containerRefSchema, engineChoiceSchema, sessionSchema, terminalSizeSchema } from './session.ts'
import { arrivedLinkSchema, menuSchema, noticeSchema } from './window.ts'

/**
 * Everything the interface can ask the core to do. Each entry has the shape of
 * its request and of its answer; the RPC wrapper checks both on both sides.
 * Errors are values (errors.ts), so no entry names them.
 */
export const methods = {
  'host.info': { params: z.object({}), result: hostInfoSchema },
  /** What is wrong with the app itself at this moment; also comes as an event. */
  'host.problems': { params: z.object({}), result: z.array(errorValueSchema) },

  /** How Porthole is set up here, without secrets. Endpoints are those of this Region. */
  'diagnostics.get': {
    params: z.object({ region: z.string().max(64).optional() }),
    result: diagnosticsSchema,
  },

  'settings.get': { params: z.object({}), result: settingsSchema },
  'settings.set': { params: settingsSchema.partial(), result: settingsSchema },

  'identity.list': { params: z.object({}), result: identityListSchema },
  /** Begins a sign-in; progress comes as `signIn.changed`. */
  'signIn.start': {
    params: z.object({
      flow: signInFlowSchema,
      target: z.union([
        z.object({ identityId: identityIdSchema }),
        z.object({
          startUrl: z.string().min(1).max(2048),
          ssoRegion: z.string().min(1).max(64),
          /** Adds it to the AWS config file once the sign-in worked. */
          keep: z.boolean().optional(),
        }),
      ]),
    }),
    result: signInAttemptSchema,
  },
  'signIn.cancel': { params: z.object({ attemptId: z.string() }), result: z.object({}) },
  /** The code of an MFA device that an attempt asked for. */
  'signIn.giveCode': {
    params: z.object({ attemptId: z.string(), code: z.string().min(1).max(64) }),
    result: z.object({}),
  },
  'signIn.signOut': { params: z.object({ identityId: identityIdSchema }), result: z.object({}) },
  /** Every token in the AWS CLI's cache, also those that no identity here belongs to. */
  'signIn.signOutEverywhere': { params: z.object({}), result: z.object({}) },

  /** Writes a profile to the AWS config file, for the AWS CLI and other tools. */
  'profile.write': {
    params: z.object({
      identityId: identityIdSchema,
      accountId: z.string().regex(/^\d{12}$/),
      roleName: z.string().min(1).max(128),
      name: z.string().min(1).max(256),
      region: z.string().min(1).max(64).optional(),
      /** Without it a profile of that name that says something else is left alone. */
      replace: z.boolean().optional(),
    }),
    result: z.object({ name: z.string(), file: z.string() }),
  },
  /** Gives profiles that name a start URL themselves an sso-session, which is the identity from then on. */
  'profile.migrate': {
    params: z.object({ identityId: identityIdSchema }),
    result: z.object({ identityId: identityIdSchema, file: z.string() }),
  },

  /** What is known of an identity's accounts and roles; news come as `access.changed` and `access.roles`. */
  'access.get': { params: z.object({ identityId: identityIdSchema }), result: accessSchema },
  'access.refresh': { params: z.object({ identityId: identityIdSchema }), result: z.object({}) },
  /** Reads the roles of these accounts before all others; without a list, of all accounts. */
  'access.readRoles': {
    params: z.object({ identityId: identityIdSchema, accountIds: z.array(z.string()).optional() }),
    result: z.object({}),
  },
  'accounts.caller': { params: z.object({ scope: scopeSchema }), result: callerSchema },

  /** Sets which scopes are kept fresh; answers with what is known, the rest comes as events. */
  'catalog.watch': {
    params: z.object({ scopes: z.array(scopeSchema).max(500) }),
    result: z.object({ scopes: z.array(catalogScopeSchema), clusters: z.array(clusterSchema) }),
  },
  'catalog.refresh': { params: z.object({}), result: z.object({}) },
  /** Tasks of a cluster that have stopped, newest first, as far as ECS still tells: about an hour. Read at every call. */
  'catalog.stopped': {
    params: z.object({ scope: scopeSchema, clusterArn: z.string() }),
    result: z.object({ tasks: z.array(taskSchema) }),
  },

  /** Where a task and its service are reached. Read at every call, and only of what the catalog has seen. */
  'task.addresses': {
    params: z.object({ scope: scopeSchema, clusterArn: z.string(), taskArn: z.string() }),
    result: taskAddressesSchema,
  },
  /** Stops the task so that its service starts a fresh one from the image. */
  'task.replace': {
    params: z.object({ scope: scopeSchema, clusterArn: z.string(), taskArn: z.string() }),
    result: z.object({}),
  },

  /** Why a shell cannot be opened in a task. Answers at once; results come as `readiness.changed`. */
  'readiness.check': { params: readinessTaskSchema, result: readinessReportSchema },
  /** The last report of a task since the app started, if there is one. */
  'readiness.last': {
    params: z.object({ taskArn: z.string() }),
    result: z.object({ report: readinessReportSchema.optional() }),
  },
  /** Turns ECS Exec of a service on or off with a new deployment; progress comes as `exec.rollout`. */
  'exec.switch': { params: execSwitchSchema, result: execRolloutSchema },
  /** Which roles may open a shell in a service's tasks, by simulation. Takes up to half a minute. */
  'readiness.entrants': {
    params: z.object({ scope: scopeSchema, clusterArn: z.string(), serviceName: z.string().min(1) }),
    result: entrantsSchema,
  },

  /**
   * Begins to read a task's logs. The view belongs to the window that asked and ends with it. Lines are
   * pulled: what nobody asks for is not read.
   */
  'logs.open': {
    params: z.object({
      task: logTaskSchema,
      range: logRangeSchema,
      /** A filter pattern of CloudWatch Logs: the lines that fit are then all there are. */
      pattern: z.string().min(1).max(1024).optional(),
    }),
    result: z.object({ id: z.uuid(), sources: z.array(logSourceSchema) }),
  },
  /** The newest lines of the range that were not given yet, going back in time. */
  'logs.older': {
    params: z.object({ id: z.uuid(), lines: z.number().int().min(1).max(5000) }),
    result: logBatchSchema,
  },
  /** Lines written since. Waits for some for a while, and may answer with none. */
  'logs.newer': { params: z.object({ id: z.uuid() }), result: logBatchSchema },
  /** The whole of a line that was cut. Of equal lines at one moment any is meant. */
  'logs.whole': {
    params: z.object({
      id: z.uuid(),
      source: z.number().int().nonnegative(),
      at: z.number().int().nonnegative(),
      length: z.number().int().positive(),
    }),
    result: z.object({ text: z.string() }),
  },
  /**
   * Begins a search for spikes of error lines. It belongs to the window that asked, as a view does, and
   * reads nothing by itself.
   */
  'logs.openSpikes': {
    params: z.object({ task: logTaskSchema, range: endedLogRangeSchema }),
    result: z.object({ id: z.uuid(), sources: z.array(logSourceSchema) }),
  },
  /** Reads on, from the newest part of the range back, one call per container, and says what is known by now. */
  'logs.spikes': {
    params: z.object({
      id: z.uuid(),
      /** Whether to go on where the calls of a search were not enough, with as many again. */
      further: z.boolean().optional(),
    }),
    result: logSpikesSchema,
  },
  /** Ends a view or a search; calls that wait for their turn are not made. */
  'logs.close': { params: z.object({ id: z.uuid() }), result: z.object({}) },

  'session.open': {
    params: z.object({
      container: containerRefSchema,
      /** What ECS runs; split like a shell would and executed directly, without `sh -c`. */
      command: z.string().min(1).max(4096),
      engine: engineChoiceSchema.optional(),
      size: terminalSizeSchema,
      reason: z.string().max(1000).optional(),
    }),
    result: sessionSchema,
  },
  /** Tries at once to get a lost connection back, for somebody who does not want to wait. */
  'session.retry': { params: z.object({ id: z.uuid() }), result: z.object({}) },
  /** Finds out now which sessions' lines live: the page heard that the network is back. */
  'session.probe': { params: z.object({}), result: z.object({}) },
  /** Keeps AWS's idle timeout away from a session while nobody types, or stops that. */
  /**
   * Keeps out of the recording what passes from now on; the history notes the gap, who made it and why.
   * @throws {PortholeError} PAUSE_FORBIDDEN by the settings, AUDIT_UNAVAILABLE when the gap cannot be noted
   */
  'session.pauseRecording': {
    params: z.object({ id: z.uuid(), reason: z.string().max(500).optional() }),
    result: z.object({}),
  },
  'session.resumeRecording': { params: z.object({ id: z.uuid() }), result: z.object({}) },
  'session.keepAlive': { params: z.object({ id: z.uuid(), on: z.boolean() }), result: z.object({}) },
  /** Ends the remote session. The tab may stay. */
  'session.close': { params: z.object({ id: z.uuid() }), result: z.object({}) },
  'session.list': { params: z.object({}), result: z.array(sessionSchema) },

  /** Looks for session-manager-plugin anew and asks each one found for its version. */
  'plugin.find': { params: z.object({}), result: pluginFindingsSchema },
  /** What `plugin.install` would install. Asks AWS's download site, and downloads nothing. */
  'plugin.offer': { params: z.object({}), result: pluginOfferSchema },
  /** The person's consent to an offer. Progress and outcome come as `plugin.changed`. */
  'plugin.install': {
    params: z.object({ version: pluginVersionTextSchema }),
    result: pluginInstallSchema,
  },
  'plugin.installation': { params: z.object({}), result: pluginInstallSchema },
  'plugin.cancel': { params: z.object({}), result: z.object({}) },
  /** Removes what Porthole installed, nothing else. */
  'plugin.remove': { params: z.object({}), result: pluginFindingsSchema },

  'audit.task': { params: z.object({ taskArn: z.string() }), result: z.array(auditEntrySchema) },
  'audit.session': { params: z.object({ sessionId: z.uuid() }), result: auditSessionSchema },
  'audit.recording': {
    params: z.object({ sessionId: z.uuid(), offset: z.number().int().nonnegative() }),
    result: recordingPageSchema,
  },
  /** What was typed in a session as far as it is recorded, secrets taken out. */
  'audit.commands': {
    params: z.object({ sessionId: z.uuid() }),
    result: z.object({ commands: z.array(commandEntrySchema) }),
  },
  /** What the entry at this place of `audit.commands` printed; NOT_FOUND where that is no command. */
  'audit.commandOutput': {
    params: z.object({ sessionId: z.uuid(), index: z.number().int().nonnegative() }),
    result: commandOutputSchema,
  },
  /** Searches commands and output of all sessions. */
  'audit.search': { params: searchRequestSchema, result: searchAnswerSchema },
  /** The first commands of sessions and how many there are, for a list of sessions. */
  'audit.commandSummaries': {
    params: z.object({ sessionIds: z.array(z.uuid()).max(mostSummaries) }),
    result: commandSummariesSchema,
  },
  /** Checks the whole record; how far it has come is told as `audit.integrity`. */
  'audit.verify': { params: z.object({}), result: integrityReportSchema },
  /** Keeps recordings whatever their age, or lets them go again. */
  'audit.hold': { params: z.object({ target: holdTargetSchema, held: z.boolean() }), result: z.object({}) },
  'audit.integrity': { params: z.object({}), result: integrityStateSchema },
  /** The latest snapshot of a task in the ledger; without one, nothing. */
  'audit.taskSnapshot': {
    params: z.object({ taskArn: z.string() }),
    result: z.object({ snapshot: taskSnapshotSchema.optional() }),
  },
  /**
   * What CloudTrail says of a task's shells, and which sessions of the ledger it has too. Answers with what was
   * read so far, and reads on if that is old, or at once when `fresh`; news are told as `audit.cloudChanged`.
   */
  'audit.cloud': {
    params: z.object({ scope: scopeSchema, taskArn: z.string().max(2048), fresh: z.boolean().optional() }),
    result: cloudHistorySchema,
  },
  /** What AWS logged of a session that CloudTrail knows. Fetched once, then kept. */
  'audit.transcript': {
    params: z.object({
      scope: scopeSchema,
      clusterArn: z.string().max(2048),
      taskArn: z.string().max(2048),
      /** CloudTrail's id of its event. */
      eventId: z.string().max(512),
      offset: z.number().int().nonnegative(),
    }),
    result: transcriptSchema,
  },
  /** Part of a CloudTrail file to import. The last one answers with what came of it, or with why it was refused. */
  'audit.importPart': {
    params: importPartSchema,
    result: z.object({ outcome: importOutcomeSchema.optional() }),
  },
  'audit.imports': { params: z.object({}), result: importsSchema },
  /** Shells that only imported files told of, page by page. */
  'audit.importedShells': { params: importedShellsRequestSchema, result: importedShellsSchema },
  /** What was done to the record and with it; news are told as `audit.recordChanged`. */
  'audit.recordActs': { params: recordActsRequestSchema, result: recordActsSchema },
  'audit.touched': { params: z.object({}), result: z.array(touchedTaskSchema) },

  /**
   * Begins to write part of the history to where the person says, or for the page
   * to fetch (`HostInfo.abilities.downloads`); what becomes of it comes as
   * `export.changed`. Nothing when the person would rather not. One per window at a time.
   */
  'export.start': {
    params: z.object({ wish: exportWishSchema }),
    result: z.object({ started: windowExportSchema.optional() }),
  },
  /** Nothing of it stays. */
  'export.cancel': { params: z.object({ id: z.uuid() }), result: z.object({}) },
  /** Shows a finished one in its folder. Not with the ability `downloads`. */
  'export.show': { params: z.object({ id: z.uuid() }), result: z.object({}) },
  /** The latest of this window. */
  'export.current': {
    params: z.object({}),
    result: z.object({ current: windowExportSchema.optional() }),
  },

  /** Replaces the native menus of this window. Needs the ability `nativeMenus`. */
  'window.setMenu': { params: z.object({ menu: menuSchema }), result: z.object({}) },
  /** Needs the ability `notices`. */
  'window.notify': { params: noticeSchema, result: z.object({}) },
  /** Needs the ability `newWindows`. */
  'window.openAnother': { params: z.object({}), result: z.object({}) },
  /** Links that were followed into this window since the last call, oldest first. */
  'window.takeLinks': { params: z.object({}), result: z.array(arrivedLinkSchema) },
} as const

export type Methods = typeof methods
export type MethodName = keyof Methods
export type Params<Name extends MethodName> = z.input<Methods[Name]['params']>
export type Answer<Name extends MethodName> = z.output<Methods[Name]['result']>

/** What a core must provide: one function per method, taking checked input. */
export type MethodHandlers = {
  [Name in MethodName]: (params: z.output<Methods[Name]['params']>) => Promise<Answer<Name>>
}

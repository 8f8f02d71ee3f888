import { z } from 'zod'
import { auditRefusalSchema, auditSessionSchema } from './audit.ts'
import { auditSourceSchema, cloudEventSchema } from './cloud-audit.ts'
import { commandConfidenceSchema } from './command-marker.ts'
import { environmentSchema, timestampSchema } from './identity.ts'
import { containerRefSchema, engineSchema } from './session.ts'

/**
 * `failed`: at least one command ended with an error. `refused`: nobody came in.
 * `unrecorded`: there is no recording here that could tell.
 */
export const searchResultSchema = z.enum(['succeeded', 'failed', 'refused', 'unrecorded'])

/** Which records know of it: as `AuditSource` for what this computer recorded, else AWS alone or a file. */
export const searchSourceSchema = z.enum([
  'matched',
  'local-only',
  'pending',
  'unknown',
  'cloud-only',
  'imported',
])

const choices = z.array(z.string().max(512)).max(100)

/** Of each filter any of its values; of all filters each. An empty or absent one lets everything pass. */
export const searchFiltersSchema = z.object({
  people: choices.optional(),
  /** Names of services, and `(standalone)` for tasks without one. */
  services: choices.optional(),
  accounts: choices.optional(),
  environments: z.array(environmentSchema).max(10).optional(),
  results: z.array(searchResultSchema).max(4).optional(),
  sources: z.array(searchSourceSchema).max(6).optional(),
  engines: z.array(engineSchema).max(2).optional(),
  /** Commands that ended with one of these codes; `!0` is any but 0. */
  exits: z
    .array(z.string().regex(/^(!0|\d{1,10})$/))
    .max(100)
    .optional(),
  /** Beginnings of the ids of tasks; of sessions, ours or AWS's. */
  tasks: choices.optional(),
  sessions: choices.optional(),
})
export type SearchFilters = z.infer<typeof searchFiltersSchema>

export const searchRequestSchema = z.object({
  /**
   * Words that all have to be there, in any order; the last letters may be missing. "Quoted" ones are one phrase.
   * Filters may stand among them, as `exit:1` (search-syntax.ts).
   */
  query: z.string().max(1000),
  filters: searchFiltersSchema,
  /** Sessions that began within; without one all. */
  from: timestampSchema.optional(),
  to: timestampSchema.optional(),
  /** Whether to sum up what was done in the sessions that fit. */
  summary: z.boolean().optional(),
})
export type SearchRequest = z.infer<typeof searchRequestSchema>

export const searchHitSchema = z.object({
  kind: z.enum(['command', 'output']),
  /** Milliseconds since the recording began. */
  at: z.number().int().nonnegative(),
  /** A command, or one line of output; secrets are taken out. */
  text: z.string(),
  /** Begin and end of what was found, in UTF-16 units of `text`. */
  highlights: z.array(z.tuple([z.number().int(), z.number().int()])),
  exitCode: z.number().int().optional(),
  confidence: commandConfidenceSchema.optional(),
})
export type SearchHit = z.infer<typeof searchHitSchema>

/** Found in a transcript that AWS wrote: text with lines and without times, which nothing here confirms. */
export const transcriptHitSchema = z.object({
  /** `command`: a line that looks like one typed at a prompt. Nothing in the text says that it was. */
  kind: z.enum(['command', 'output']),
  /** Counted from 0. */
  line: z.number().int().nonnegative(),
  /** One line; secrets are taken out. */
  text: z.string(),
  /** As those of a `SearchHit`. */
  highlights: z.array(z.tuple([z.number().int(), z.number().int()])),
})
export type TranscriptHit = z.infer<typeof transcriptHitSchema>

export const searchGroupSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('session'),
    session: auditSessionSchema,
    source: auditSourceSchema,
    /** The first of them, in the order of the recording. */
    hits: z.array(searchHitSchema),
    /** Commands and stretches of output that fit. */
    hitCount: z.number().int().nonnegative(),
  }),
  z.object({ kind: z.literal('refused'), refusal: auditRefusalSchema, source: auditSourceSchema }),
  z.object({
    kind: z.literal('cloud'),
    event: cloudEventSchema,
    /** Where it was, if this computer knows the task from a session of its own. */
    container: containerRefSchema.optional(),
    /** Absent where nothing tells which cluster it was in. */
    taskArn: z.string().optional(),
    /** What is found in AWS's transcript of it; absent while nobody has read that. */
    transcript: z
      .object({ hits: z.array(transcriptHitSchema), hitCount: z.number().int().nonnegative() })
      .optional(),
  }),
])
export type SearchGroup = z.infer<typeof searchGroupSchema>

const facetSchema = z.array(z.object({ value: z.string(), count: z.number().int().nonnegative() }))

/** What was done in the sessions that fit, taken together. */
export const activitySummarySchema = z.object({
  commands: z.number().int().nonnegative(),
  failedCommands: z.number().int().nonnegative(),
  /** Attempts at a shell that came to nothing, under the same filters. */
  refused: z.number().int().nonnegative(),
  /** Sessions without a recording, for whatever reason. */
  unrecorded: z.number().int().nonnegative(),
  /** Most used first; secrets are taken out. */
  topCommands: z.array(
    z.object({
      text: z.string(),
      count: z.number().int().positive(),
      failed: z.number().int().nonnegative(),
    }),
  ),
  lastAt: timestampSchema.optional(),
  /** Commands were counted in so many of the newest sessions; absent when in all. */
  countedSessions: z.number().int().positive().optional(),
})
export type ActivitySummary = z.infer<typeof activitySummarySchema>

export const searchAnswerSchema = z.object({
  /** Newest first; not more than a page can show. */
  groups: z.array(searchGroupSchema),
  hitCount: z.number().int().nonnegative(),
  matchingSessions: z.number().int().nonnegative(),
  /** Attempts at a shell that came to nothing. */
  matchingRefusals: z.number().int().nonnegative(),
  /** Sessions of the time range, whatever was searched. */
  sessions: z.number().int().nonnegative(),
  /** Sessions and attempts per value, each counted under the other filters. */
  facets: z.object({
    people: facetSchema,
    services: facetSchema,
    accounts: facetSchema,
    environments: facetSchema,
    results: facetSchema,
    sources: facetSchema,
    engines: facetSchema,
    exits: facetSchema,
  }),
  /** Days on which there was a session or an attempt, oldest first; `at` is their midnight on this computer. */
  days: z.array(
    z.object({
      at: timestampSchema,
      sessions: z.number().int().nonnegative(),
      matching: z.number().int().nonnegative(),
    }),
  ),
  summary: activitySummarySchema.optional(),
  milliseconds: z.number().nonnegative(),
  /** Recordings that are not searched yet: the index is being built. */
  waiting: z.number().int().nonnegative(),
})
export type SearchAnswer = z.infer<typeof searchAnswerSchema>

/** The value of `services` for tasks without one. */
export const standaloneService = '(standalone)'

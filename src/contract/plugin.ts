import { z } from 'zod'
import { errorValueSchema } from './errors.ts'

/** Four numbers, most significant first, e.g. `1.2.896.0`. */
export const pluginVersionTextSchema = z.string().regex(/^\d{1,6}\.\d{1,6}\.\d{1,6}\.\d{1,6}$/)

/** One session-manager-plugin that was found on this computer. */
export const pluginCandidateSchema = z.object({
  /** Absolute path of the program. */
  path: z.string(),
  /** `own`: installed by Porthole; `path`: through PATH; `usual`: where installers put it. */
  place: z.enum(['own', 'path', 'usual']),
  version: pluginVersionTextSchema.optional(),
  verdict: z.enum(['supported', 'too-old', 'withdrawn', 'unusable']),
  /** Why it must not be used, as a sentence; absent when it may. */
  reason: z.string().optional(),
})
export type PluginCandidate = z.infer<typeof pluginCandidateSchema>

/** All that was found, in the order in which it is looked for. */
export const pluginFindingsSchema = z.object({
  candidates: z.array(pluginCandidateSchema),
  /** Path of the one that sessions use: the first supported one. */
  used: z.string().optional(),
  /** Folders that were looked into. */
  searched: z.array(z.string()),
  /** The version that Porthole installed, whether it works or not. */
  ownVersion: pluginVersionTextSchema.optional(),
})
export type PluginFindings = z.infer<typeof pluginFindingsSchema>

/** How it is known that a download is AWS's. */
export const pluginProofSchema = z.enum(['openpgp', 'apple', 'authenticode'])
export type PluginProof = z.infer<typeof pluginProofSchema>

/** What would be installed: everything a person agrees to. */
export const pluginOfferSchema = z.object({
  version: pluginVersionTextSchema,
  /** Porthole's own copy that it would replace. */
  replaces: pluginVersionTextSchema.optional(),
  /** False when `replaces` is the newest: there is nothing to do. */
  isNews: z.boolean(),
  /** Where it is downloaded from. */
  source: z.url(),
  /** Of the download; absent when the site does not say, and when there is nothing to do. */
  bytes: z.number().int().nonnegative().optional(),
  /** Absolute path of the folder it goes to, which belongs to the person. */
  folder: z.string(),
  proof: pluginProofSchema,
})
export type PluginOffer = z.infer<typeof pluginOfferSchema>

/** `waiting`: another Porthole installs at this moment. `trying`: it is asked for its version. */
export const pluginInstallStepSchema = z.enum(['waiting', 'downloading', 'verifying', 'unpacking', 'trying'])
export type PluginInstallStep = z.infer<typeof pluginInstallStepSchema>

/** The installation under way, or how the last one ended. */
export const pluginInstallSchema = z.discriminatedUnion('phase', [
  z.object({ phase: z.literal('none') }),
  z.object({
    phase: z.literal('running'),
    version: pluginVersionTextSchema,
    step: pluginInstallStepSchema,
    /** Steps that are behind it, in their order, which is not the same on every system. */
    done: z.array(pluginInstallStepSchema),
    receivedBytes: z.number().int().nonnegative(),
    /** Unknown until the site has answered. */
    totalBytes: z.number().int().nonnegative().optional(),
  }),
  z.object({ phase: z.literal('installed'), version: pluginVersionTextSchema }),
  /** What worked before still does. */
  z.object({ phase: z.literal('failed'), version: pluginVersionTextSchema, error: errorValueSchema }),
])
export type PluginInstall = z.infer<typeof pluginInstallSchema>

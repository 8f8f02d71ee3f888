/** A version of session-manager-plugin, e.g. `1.2.896.0`: four numbers, most significant first. */
export type PluginVersion = readonly [number, number, number, number]

/**
 * The oldest version that AWS supports: from it on the plugin signs its
 * connection, and AWS has announced that unsigned ones will stop working.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/plugin-version-history.html
 */
const oldestSupported: PluginVersion = [1, 2, 764, 0]

/** Versions that AWS withdrew on the day of their release. */
const withdrawn: readonly PluginVersion[] = [
  [1, 2, 688, 0],
  [1, 2, 889, 0],
]

/** The version in what `--version` printed, or undefined when it printed something else. */
export function parsePluginVersion(printed: string): PluginVersion | undefined {
  const match = /^\s*(\d{1,6})\.(\d{1,6})\.(\d{1,6})\.(\d{1,6})\s*$/.exec(printed)
  if (match === null) return undefined
  const [, major, minor, patch, build] = match.map(Number)
  return [major ?? 0, minor ?? 0, patch ?? 0, build ?? 0]
}

export function formatPluginVersion(version: PluginVersion): string {
  return version.join('.')
}

export type VersionVerdict = 'supported' | 'too-old' | 'withdrawn'

/** Whether a version may be used. */
export function verdictOn(version: PluginVersion): VersionVerdict {
  if (withdrawn.some((other) => comparePluginVersions(version, other) === 0)) return 'withdrawn'
  return comparePluginVersions(version, oldestSupported) < 0 ? 'too-old' : 'supported'
}

/** Why this version must not be used, as a sentence, or undefined when it may. */
export function whyUnsupported(version: PluginVersion): string | undefined {
  switch (verdictOn(version)) {
    case 'supported':
      return undefined
    case 'withdrawn':
      return `AWS withdrew version ${formatPluginVersion(version)}.`
    case 'too-old':
      return `Version ${formatPluginVersion(version)} is older than ${formatPluginVersion(oldestSupported)}, the oldest that AWS supports.`
  }
}

/** Negative when `one` is older, positive when it is newer, 0 when they are the same. */
export function comparePluginVersions(one: PluginVersion, other: PluginVersion): number {
  for (const [index, part] of one.entries()) {
    const difference = part - (other[index] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

import type { DiagnosticRow } from '../../../contract/diagnostics.ts'
import type { PluginFindings } from '../../../contract/plugin.ts'
import { type ClockDifference, describeDifference } from '../../aws/clock-difference.ts'
import type { Clock } from '../../clock.ts'
import type { DiagnosticsPart } from '../diagnostics-service.ts'
import type { RecentErrors } from '../recent-errors.ts'

/** What runs here, in the words of who runs it. */
export interface RuntimeFacts {
  version: string
  demo: boolean
  /** E.g. `linux x64, 6.12.0`. */
  system: string
  /** Names and versions of what Porthole runs on: `node`, `electron`. */
  programs: Readonly<Record<string, string>>
}

export function runtimeFacts(
  { version, demo }: Pick<RuntimeFacts, 'version' | 'demo'>,
  { platform, arch, versions }: Pick<NodeJS.Process, 'platform' | 'arch' | 'versions'>,
  systemRelease: string,
): RuntimeFacts {
  const { node, electron } = versions
  return {
    version,
    demo,
    system: `${platform} ${arch}, ${systemRelease}`,
    programs: { Node: node, ...(electron === undefined ? {} : { Electron: electron }) },
  }
}

export function versionsPart({ version, demo, system, programs }: RuntimeFacts): DiagnosticsPart {
  return {
    title: 'Versions',
    rows: async () => [
      { label: 'Porthole', value: demo ? `${version}, with the local AWS of the demo` : version },
      ...Object.entries(programs).map(([label, value]) => ({ label, value })),
      { label: 'System', value: system },
    ],
  }
}

export function clockPart(
  difference: Pick<ClockDifference, 'state'>,
  clock: Pick<Clock, 'now'>,
): DiagnosticsPart {
  return {
    title: 'Clock',
    async rows() {
      const here: DiagnosticRow = { label: 'This computer', value: new Date(clock.now()).toISOString() }
      const { wrong, differenceMilliseconds, measuredAt } = difference.state()
      if (differenceMilliseconds === undefined || measuredAt === undefined)
        return [here, { label: 'Against AWS', value: 'not measured yet: AWS has not answered' }]
      return [
        here,
        {
          label: 'Against AWS',
          value: wrong ? describeDifference(differenceMilliseconds) : 'right',
          note: `${differenceMilliseconds} ms, measured at ${new Date(measuredAt).toISOString()}`,
          tone: wrong ? 'bad' : 'good',
        },
      ]
    },
  }
}

export function pluginPart(find: () => Promise<PluginFindings>): DiagnosticsPart {
  return {
    title: 'session-manager-plugin',
    async rows() {
      const { candidates, used, searched } = await find()
      if (candidates.length === 0)
        return [
          {
            label: 'Not found',
            value: `searched ${searched.join(', ')}`,
            note: 'the built-in engine is used',
          },
        ]
      return candidates.map(
        ({ path, version, reason }): DiagnosticRow => ({
          label: path === used ? 'In use' : 'Found',
          value: [path, version].filter(Boolean).join(', '),
          ...(reason === undefined ? {} : { note: reason }),
          ...(path === used ? { tone: 'good' } : reason === undefined ? {} : { tone: 'warn' }),
        }),
      )
    },
  }
}

export function errorsPart(errors: Pick<RecentErrors, 'list'>): DiagnosticsPart {
  return {
    title: 'Last errors',
    rows: async () => {
      const all = errors.list()
      if (all.length === 0) return [{ label: 'None', value: 'since Porthole was started' }]
      return all.map(({ at, during, error, times }) => ({
        label: new Date(at).toISOString(),
        value: `${error.code}: ${error.message}`,
        note: [during, times > 1 ? `${times} times` : '', error.detail ?? ''].filter(Boolean).join('; '),
      }))
    },
  }
}

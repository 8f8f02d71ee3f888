import type { DiagnosticRow } from '../../../contract/diagnostics.ts'
import { toErrorValue } from '../../../contract/errors.ts'
import type { EnvironmentVariables } from '../../aws/paths.ts'
import type { FileReport } from '../../network/certificate-authorities.ts'
import type { Network } from '../../network/network.ts'
import { describeProxy, loopbackVariable } from '../../network/proxy-choice.ts'
import type { DiagnosticsPart } from '../diagnostics-service.ts'

const proxyVariables = ['https_proxy', 'http_proxy', 'all_proxy', 'no_proxy']
/** Any host of AWS: how those are reached that no exception names. */
const anyHost = new URL('https://sts.amazonaws.com')

/** Which proxy counts, and by which variable. Passwords stay out: a login is only said to be there. */
export function proxyPart({
  environment,
  network,
}: {
  environment: EnvironmentVariables
  network: Pick<Network, 'proxyFor'>
}): DiagnosticsPart {
  return {
    title: 'Proxy',
    async rows() {
      const variables = [...proxyVariables.flatMap((name) => [name, name.toUpperCase()]), loopbackVariable]
      const set = variables.flatMap((name): DiagnosticRow[] => {
        const value = environment[name]
        if (value === undefined) return []
        const isList = /no_proxy/i.test(name)
        return [{ label: name, value: isList || name === loopbackVariable ? value : proxyWords(value) }]
      })
      return [wayRow(network), ...set]
    },
  }
}

function wayRow(network: Pick<Network, 'proxyFor'>): DiagnosticRow {
  const label = 'To AWS'
  try {
    const { proxy, source, reason } = network.proxyFor(anyHost)
    return proxy
      ? { label, value: describeProxy(proxy), note: source ?? '' }
      : { label, value: 'directly', note: reason ?? '' }
  } catch (thrown) {
    return { label, value: toErrorValue(thrown).message, tone: 'bad' }
  }
}

function proxyWords(value: string): string {
  if (value === '') return 'set to nothing'
  const at = value.lastIndexOf('@')
  return at < 0 ? value : `${value.slice(at + 1)} (with a login)`
}

/** Whom connections trust. */
export function certificatesPart(network: Pick<Network, 'authorities'>): DiagnosticsPart {
  return {
    title: 'Certificate authorities',
    async rows() {
      const { bundle, extra } = await network.authorities()
      return [
        bundle
          ? fileRow('Only those of', bundle)
          : { label: 'Node’s own', value: 'trusted, and those of the system when needed' },
        ...(extra ? [fileRow('And those of', extra)] : []),
      ]
    },
  }
}

function fileRow(label: string, { file, source, certificates, problem }: FileReport): DiagnosticRow {
  const count = certificates === 1 ? '1 certificate' : `${certificates} certificates`
  return problem
    ? { label, value: `${file}: ${problem}`, note: source, tone: 'bad' }
    : { label, value: `${file}, ${count}`, note: source }
}

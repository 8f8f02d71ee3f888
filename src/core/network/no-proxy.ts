import { BlockList, isIP } from 'node:net'

/** A host and port as a list of exceptions sees it. */
export interface Destination {
  /** Without brackets. */
  host: string
  port: number
}

/** Tells which destinations are reached without a proxy. */
export interface NoProxyRules {
  /** The entry that says so, as it was written. */
  match(destination: Destination): string | undefined
}

/**
 * Reads NO_PROXY the way curl does, with what Go and the AWS CLI accept on top:
 * entries divided by commas or blanks; `*` is everything; a name stands for
 * itself and all names under it, with or without `.` or `*.` in front; addresses
 * and CIDR ranges stand for addresses; `:443` behind an entry limits it to a
 * port. What is none of these matches nothing.
 */
export function parseNoProxy(text: string): NoProxyRules {
  const rules = text
    .split(/[\s,]+/)
    .filter(Boolean)
    .map((entry) => ({ entry, matches: ruleOf(entry) }))
  return {
    match({ host, port }) {
      const destination = { host: normalHost(host), port }
      return rules.find(({ matches }) => matches(destination))?.entry
    },
  }
}

type Rule = (destination: Destination) => boolean

const nothing: Rule = () => false

function ruleOf(entry: string): Rule {
  if (entry === '*') return () => true
  if (entry.includes('/')) return rangeRule(entry)
  const { host, port } = splitPort(entry)
  const hostMatches = hostRule(normalHost(host))
  return (destination) => (port === undefined || destination.port === port) && hostMatches(destination)
}

/** `[::1]:443` and `host:443` have a port; `::1` is an address. */
function splitPort(entry: string): { host: string; port?: number } {
  if (isIP(entry)) return { host: entry }
  const [, host, port] = /^(.*?):(\d{1,5})$/.exec(entry) ?? []
  return host === undefined ? { host: entry } : { host, port: Number(port) }
}

function hostRule(host: string): Rule {
  if (isIP(host)) return addressRule(host)
  const name = host.replace(/^\*?\./, '')
  if (name === '' || name.includes('*')) return nothing
  return (destination) => destination.host === name || destination.host.endsWith(`.${name}`)
}

/** Through a list of addresses, because one address can be written in several ways. */
function addressRule(address: string): Rule {
  const addresses = new BlockList()
  addresses.addAddress(address, familyOf(address))
  return ({ host }) => isIP(host) !== 0 && addresses.check(host, familyOf(host))
}

function rangeRule(entry: string): Rule {
  const [, network = '', bits = ''] = /^\[?([^\]/]+)\]?\/(\d{1,3})$/.exec(entry) ?? []
  const prefix = Number(bits)
  const longest = isIP(network) === 6 ? 128 : 32
  if (!isIP(network) || bits === '' || prefix > longest) return nothing
  const range = new BlockList()
  range.addSubnet(network, prefix, familyOf(network))
  return ({ host }) => isIP(host) !== 0 && range.check(host, familyOf(host))
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4'
}

/** Lower case, without brackets and without the dot that ends a fully qualified name. */
function normalHost(host: string): string {
  return host
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
}

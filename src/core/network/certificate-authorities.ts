import { X509Certificate } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls'
import { PortholeError } from '../../contract/errors.ts'

/** A file of certificates and where somebody named it. */
export interface NamedFile {
  /** Absolute. */
  file: string
  /** For people: `AWS_CA_BUNDLE`, `ca_bundle of profile work`. */
  source: string
}

/** Whom a TLS connection trusts. Files are read again when they change, so that nothing has to be restarted. */
export interface CertificateAuthorities {
  /**
   * @param withSystem adds the authorities of the operating system
   * @returns nothing when Node's own trust store is all there is
   * @throws {PortholeError} CONFIG_INVALID when the bundle cannot be used
   */
  context(withSystem: boolean): Promise<SecureContext | undefined>
  /** Whether the operating system's authorities may count: a bundle stands for everything else. */
  mayUseSystem(): Promise<boolean>
  report(): Promise<AuthoritiesReport>
}

export interface AuthoritiesReport {
  /** Stands in for every other authority. */
  bundle?: FileReport
  /** Added to the others. */
  extra?: FileReport
}

export interface FileReport extends NamedFile {
  certificates: number
  problem?: string
}

export interface CertificateAuthoritiesDependencies {
  /** AWS_CA_BUNDLE or `ca_bundle`: trusted instead of everything else, as the AWS CLI has it. */
  bundle: () => Promise<NamedFile | undefined>
  /** NODE_EXTRA_CA_CERTS: trusted on top. */
  extra: NamedFile | undefined
  /** PEM texts of the operating system's store. */
  systemCertificates?: () => string[]
}

export function createCertificateAuthorities({
  bundle,
  extra,
  systemCertificates = readSystemCertificates,
}: CertificateAuthoritiesDependencies): CertificateAuthorities {
  const readBundle = createCertificateReader()
  const readExtra = createCertificateReader()
  /** Parsing 150 authorities takes 10 to 20 ms, and a shell waits for it. */
  let latest: { key: string; context: SecureContext } | undefined

  async function bundleCertificates(): Promise<string[] | undefined> {
    const named = await bundle()
    if (!named) return undefined
    const { certificates, problem } = await readBundle(named.file)
    if (problem) throw unusable(named, problem)
    return certificates
  }

  async function extraCertificates(): Promise<string[]> {
    // Node itself goes on without this file when it cannot be read; the report says so.
    return extra ? (await readExtra(extra.file)).certificates : []
  }

  async function report(named: NamedFile | undefined, read: typeof readBundle) {
    if (!named) return undefined
    const { certificates, problem } = await read(named.file)
    return { ...named, certificates: certificates.length, ...(problem ? { problem } : {}) }
  }

  return {
    mayUseSystem: async () => (await bundle()) === undefined,
    async context(withSystem) {
      const only = await bundleCertificates()
      const added = await extraCertificates()
      if (!only && added.length === 0 && !withSystem) return undefined
      const base = only ?? [...getCACertificates('bundled'), ...(withSystem ? systemCertificates() : [])]
      const certificates = [...base, ...added]
      const key = certificates.join('\n')
      if (latest?.key !== key) latest = { key, context: createSecureContext({ ca: certificates }) }
      return latest.context
    },
    async report() {
      const [bundleReport, extraReport] = await Promise.all([
        bundle().then((named) => report(named, readBundle)),
        report(extra, readExtra),
      ])
      return {
        ...(bundleReport ? { bundle: bundleReport } : {}),
        ...(extraReport ? { extra: extraReport } : {}),
      }
    },
  }
}

interface ReadCertificates {
  certificates: string[]
  /** Why there are none. */
  problem?: string
}

/** Reads a file again only when it is another one or has changed. */
function createCertificateReader(): (file: string) => Promise<ReadCertificates> {
  let latest: { key: string; read: ReadCertificates } | undefined
  return async (file) => {
    try {
      const { mtimeMs, size } = await stat(file)
      const key = `${file} ${mtimeMs} ${size}`
      if (latest?.key !== key) latest = { key, read: parseCertificates(await readFile(file, 'utf8')) }
      return latest.read
    } catch (error) {
      return { certificates: [], problem: error instanceof Error ? error.message : String(error) }
    }
  }
}

const certificatePattern = /-----BEGIN (TRUSTED )?CERTIFICATE-----[^-]+-----END \1?CERTIFICATE-----/g

/** The certificates of a PEM file; whatever stands between them is left out. */
function parseCertificates(text: string): ReadCertificates {
  const found = text.match(certificatePattern) ?? []
  const certificates = found.filter(isCertificate)
  if (certificates.length > 0) return { certificates }
  return {
    certificates,
    problem: found.length > 0 ? 'It has no certificate that can be read.' : 'It has no PEM certificate.',
  }
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0
  } catch {
    return false
  }
}

/** Not every runtime can ask its system, and one that cannot has none to offer. */
function readSystemCertificates(): string[] {
  try {
    return getCACertificates('system')
  } catch {
    return []
  }
}

function unusable({ file, source }: NamedFile, problem: string): PortholeError {
  return new PortholeError({
    code: 'CONFIG_INVALID',
    message: `The certificates in ${file} cannot be used. ${source} names this file.`,
    detail: problem,
    action: `Correct ${source}, or put the certificates of your company’s authorities into the file.`,
  })
}

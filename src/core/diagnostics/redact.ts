/** Takes secrets out of text that people will send to others. */
export type Redact = (text: string) => string

const removed = '[removed]'

/** Shorter values would be found in ordinary words: a password "prod" would take every "prod" away. */
const shortestKnownSecret = 6

/**
 * What looks like a secret wherever it stands. Order matters: the more exact
 * ones go first, so that their names stay readable.
 */
const patterns: readonly [RegExp, string][] = [
  // User name and password in front of a host.
  [/\b([a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/?#@]+(?::[^\s/?#@]*)?@/gi, `$1${removed}@`],
  // Parameters of signed or personal links.
  [
    /([?&#](?:x-amz-[a-z-]+|code|state|token|user_code|device_code|[a-z_]*(?:token|secret|password|signature|assertion))=)[^&\s#"']+/gi,
    `$1${removed}`,
  ],
  [/\b((?:bearer|basic|digest|negotiate|dpop)\s+)[A-Za-z0-9._~+/=-]{6,}/gi, `$1${removed}`],
  [/\b(Credential=|Signature=)[^,\s"'&]+/g, `$1${removed}`],
  // `secretAccessKey: "..."`, `aws_session_token = ...`
  [
    /((?:secret|token|password|passwd|passphrase|private_?key|api_?key)[\w-]*["']?\s*[=:]\s*["']?)(?!\[removed\])[^\s"',;}]{4,}/gi,
    `$1${removed}`,
  ],
  // `--password ...`
  [/(--[\w-]*(?:secret|token|password|key)[\w-]*\s+["']?)(?!\[removed\]|-)[^\s"']{4,}/gi, `$1${removed}`],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*(?:-----END [A-Z ]*PRIVATE KEY-----)?/g, removed],
  // Access key IDs: the beginning says what kind it is, the end tells two apart.
  [/\b(A(?:KIA|SIA|IDA|ROA|BIA|CCA)[A-Z0-9]{4})[A-Z0-9]{4,}([A-Z0-9]{4})\b/g, '$1…$2'],
  // JSON web tokens.
  [/\beyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*){1,4}/g, removed],
]

/** What AWS gives: 40 signs, and neither a path nor a hash. */
const secretAccessKey = /(?<![A-Za-z0-9/+=])[A-Za-z0-9+][A-Za-z0-9/+]{39}(?![A-Za-z0-9/+=])/g

/** Long runs in which capitals, small letters and digits are mixed: no word, no number and no hash is like that. */
const opaqueRun = /[A-Za-z0-9+/=_-]{32,}/g

export function createRedactor(knownSecrets: Iterable<string>): Redact {
  // The longest first, or a part of one would leave the rest of it behind.
  const known = [...new Set([...knownSecrets].flatMap(formsOf))]
    .filter((secret) => secret.length >= shortestKnownSecret)
    .sort((left, right) => right.length - left.length)
  return (text) => {
    let clean = text
    for (const secret of known) clean = clean.replaceAll(secret, removed)
    for (const [pattern, replacement] of patterns) clean = clean.replace(pattern, replacement)
    return clean
      .replace(secretAccessKey, (run) => (isMixed(run) ? removed : run))
      .replace(opaqueRun, (run) => (isOpaque(run) ? removed : run))
  }
}

/** A secret may be quoted as it is, in a URL, or in JSON. */
function formsOf(secret: string): string[] {
  return [secret, encodeURIComponent(secret.toWellFormed()), JSON.stringify(secret).slice(1, -1)]
}

/** Paths and names have separators and read like words between them; the pieces of a secret do not. */
function isOpaque(run: string): boolean {
  const longest = run.split(/[/_-]/).reduce((found, part) => (part.length > found.length ? part : found), '')
  return longest.length >= 16 && isMixed(longest)
}

function isMixed(text: string): boolean {
  return /[a-z]/.test(text) && /[A-Z]/.test(text) && /\d/.test(text)
}

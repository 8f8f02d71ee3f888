/** What kind of secret stood there; part of the text that takes its place, so it stays as it is. */
export type SecretKind =
  | 'aws-key-id'
  | 'aws-secret'
  | 'aws-session-token'
  | 'jwt'
  | 'pem'
  | 'authorization'
  | 'url-password'
  | 'password'
  | 'assignment'
  | 'github'
  | 'gitlab'
  | 'slack'
  | 'stripe'
  | 'google'
  | 'npm'

/** The whole match is the secret; what must stand before it is a lookbehind. */
export interface SecretRule {
  kind: SecretKind
  pattern: RegExp
}

/** Names that say of their value that it is a secret. `pwd` also names a folder, which the value rule lets through. */
const secretName = '[\\w.-]*(?:pass|pwd|secret|token|key|cred)[\\w.-]*'
/** With a colon the shorter names are ordinary words of sentences and files: `Key: value`, `tokens: 5`. */
const plainSecretName =
  '(?:[\\w.-]*(?:password|passwd|passphrase|pwd|secret|credentials?)|[\\w.-]*(?:api|access|private|secret|auth|session|security)[_-]?(?:key|token)|[\\w.-]*token)'

/** A value in quotes, without them, or a bare word with escaped signs. Not what the shell fills in later, not an option. */
const quoted = '(?<=")(?!\\$\\{?\\w+\\}?")(?:[^"\\\\\\n]|\\\\.)+(?=")|(?<=\')[^\'\\n]+(?=\')'
const openQuote = '(?<=["\'])[^"\'\\n]+$'
const bare = '(?!\\$[({\\w]|`|-|["\'\\s‹])(?:\\\\.|[^\\s"\'`;&|<>(),])+'
const value = `(?:${quoted}|${openQuote}|${bare})`

const rule = (kind: SecretKind, source: string, flags = 'gi'): SecretRule => ({
  kind,
  pattern: new RegExp(source, flags),
})

/**
 * Tried one by one on a line without escape sequences. Where two find the same
 * place, the earlier one names it, so exact forms stand before loose ones.
 */
export const secretRules: readonly SecretRule[] = [
  rule('aws-key-id', '(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])', 'g'),
  // AWS's tokens begin like this, base64 of a few fixed bytes.
  rule(
    'aws-session-token',
    '(?<![A-Za-z0-9+/])(?:IQoJb3JpZ2lu|FwoGZXIvYXdz|FQoGZXIvYXdz)[A-Za-z0-9+/=%]{40,}',
    'g',
  ),
  rule(
    'aws-session-token',
    '(?<=(?:session|security)[_-]?token["\']?\\s{0,4}[=:]?\\s{0,4}["\']?)[A-Za-z0-9+/][A-Za-z0-9+/=%]{59,}',
  ),
  rule(
    'aws-secret',
    '(?<=secret[\\w-]{0,24}["\']?\\s{0,4}[=:]?\\s{0,4}["\']?)[A-Za-z0-9+/]{40}(?![A-Za-z0-9+/])',
  ),
  rule('jwt', '(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]{4,}(?:\\.[A-Za-z0-9_-]*)?', 'g'),
  // In one line, as in an environment file where line breaks are written as \n.
  rule('pem', '(?<=-----BEGIN [A-Z0-9 ]{1,40}-----)(?=[^-]*\\S)[^-]+(?=-----END|$)', 'g'),
  rule('github', '(?<![A-Za-z0-9])(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\\w{20,})', 'g'),
  rule('gitlab', '(?<![A-Za-z0-9])glpat-[\\w-]{16,}', 'g'),
  rule('slack', '(?<![A-Za-z0-9])(?:xox[abeoprs]|xapp)-[\\w-]{10,}', 'g'),
  rule('slack', '(?<=hooks\\.slack\\.com/services/)[\\w/]{8,}'),
  rule('stripe', '(?<![A-Za-z0-9])(?:[rs]k_(?:live|test)_[A-Za-z0-9]{10,}|whsec_[A-Za-z0-9+/=]{10,})', 'g'),
  rule('google', '(?<![A-Za-z0-9])AIza[\\w-]{35}', 'g'),
  rule('npm', '(?<![A-Za-z0-9])npm_[A-Za-z0-9]{30,}', 'g'),
  rule(
    'authorization',
    '(?<=\\b(?:proxy-)?authorization["\']?\\s{0,4}[:=]\\s{0,4}["\']?(?:(?:basic|bearer|digest|negotiate|token|apikey|aws4-hmac-sha256)\\s{1,4})?)(?!(?:basic|bearer|digest|negotiate|token|apikey|aws4-hmac-sha256)\\b)[^\\s"\'‹][^"\'\\n‹]*',
  ),
  rule('authorization', '(?<=\\bbearer\\s{1,4})[A-Za-z0-9._~+/=-]{8,}'),
  rule('url-password', '(?<=\\b[a-z][a-z0-9+.-]{0,20}://[^\\s:/@"\']{0,128}:)[^\\s/@"\'‹]+(?=@)'),
  rule(
    'password',
    `(?<=(?:^|\\s)--?(?:[\\w-]*(?:password|passwd|passphrase|secret|token|api-?key|access-?key)|pass|pwd)(?:=|\\s{1,4})["']?)${value}`,
  ),
  // The family of mysql takes a password glued to its option.
  rule(
    'password',
    `(?<=\\b(?:mysql|mariadb|mysqldump|mysqladmin|mysqlimport|mysqlshow|mysqlcheck|mysqlpump|mysqlslap|mysqlsh|mariadb-dump|mariadb-admin|mycli)\\b(?:[^|;&\\n]{0,400}?\\s)-p["']?)${value}`,
  ),
  rule('password', `(?<=\\bsshpass\\s{1,4}-p\\s{0,4}["']?)${value}`),
  rule('password', `(?<=\\bredis-cli\\b(?:[^|;&\\n]{0,400}?\\s)-a\\s{0,4}["']?)${value}`),
  rule(
    'password',
    `(?<=\\bcurl\\b(?:[^|;&\\n]{0,400}?\\s)(?:-u|--user)\\s{0,4}["']?[^\\s:"']{1,128}:)[^\\s"'‹]+`,
  ),
  rule('assignment', `(?<=(?<![\\w.$-])(?!(?:OLD)?PWD=)${secretName}["']?\\s?=\\s?["']?)${value}`),
  rule('assignment', `(?<=(?<![\\w.$-])["']?${plainSecretName}["']?\\s{0,4}:\\s{0,4}["']?)${value}`),
]

/** A line without any of these holds nothing that a rule could find; most lines end here. */
export const maybeSecret =
  /pass|pwd|secret|token|key|cred|authorization|bearer|:\/\/|eyJ|BEGIN|AKIA|ASIA|IQoJ|FwoG|FQoG|gh[pousr]_|github_pat_|glpat-|xox|xapp-|hooks\.slack|[rs]k_(?:live|test)_|whsec_|AIza|npm_|mysql|mariadb|mycli|redis-cli|curl/i

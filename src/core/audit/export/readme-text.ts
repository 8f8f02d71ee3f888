import { integrityProvesNot } from '../../../contract/integrity.ts'
import type { ExportParts } from './export-record.ts'

/** For whoever gets an export and has never heard of Porthole. */
export function readmeText({ request, by, at, version, installId }: ExportParts): string {
  return `An export of Porthole's audit history
======================================

Made ${new Date(at).toISOString()} by ${by.userName}${by.principal === undefined ? '' : ` (${by.principal})`} with Porthole ${version}.
Installation ${installId}. What was chosen: ${JSON.stringify(request.selection)}.

Porthole opens shells in containers on Amazon ECS and records what the screen
showed, never what was typed.

To check that nothing was changed since:

    node verify.mjs

That needs Node.js 18 or later and nothing else. The file says in its first
lines what it checks and how, so that you can check it, or write your own.

  manifest.json       what is here, with the digest of every file; signed
  manifest.sig        the signature; public-key.pem checks it
  chain.jsonl         the hashes of the whole history, also of what was not chosen
  events.jsonl        ${request.redacted ? 'the chosen events, with secrets taken out' : 'the chosen events, byte for byte as they were hashed'}
  checkpoints.jsonl   how far the history had come, signed at that time
${request.redacted ? '' : '  recordings/         what the screens showed, asciicast v3: play it with "asciinema play"\n  sealed/             the same as it was stored, encrypted; the history vouches for these bytes\n  keys.json           what opens them; each is good for its own recording only\n'}${request.text || request.redacted ? '  text/               the same as plain text\n' : ''}${request.asciicastV2 && !request.redacted ? '  asciicast-v2/       the same for older players; not covered by the chain, only by the manifest\n' : ''}
${
  request.redacted
    ? `This export is redacted: known kinds of secrets were taken out, and so were the
recordings themselves and what AWS said of the tasks. Redaction knows patterns,
not secrets; read it before you pass it on. Redacted text cannot be compared
with the chain; the manifest's signature covers it.
`
    : ''
}
What the check does not prove
-----------------------------
${integrityProvesNot}
`
}

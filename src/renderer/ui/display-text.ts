/** Longer than any AWS name (tags end at 256); what exceeds it is an attack on the layout. */
const longestName = 300

/** C0, C1 and delete; line and paragraph separators. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is for
const controls = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g

/**
 * Characters that change how others are drawn or that nobody sees: bidirectional
 * marks, embeddings and isolates, zero-width space, word joiner, byte order
 * mark, Hangul fillers, tag characters. Joiners stay, scripts and emoji need them.
 */
const invisibles =
  // biome-ignore lint/suspicious/noMisleadingCharacterClass: each is meant by itself
  /[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0]|[\u{e0000}-\u{e007f}]/gu

const loneSurrogates = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

/**
 * Untrusted text as it may be shown: one line, nothing hidden. Control
 * characters become their visible pictures (␛ for escape), invisible ones their
 * code. Markup needs no care here: React writes text, never HTML. Direction
 * still needs isolating by whoever shows it; `Name` does both.
 */
export function displayText(text: string): string {
  const shown = harmlessText(text)
  return shown.length > longestName ? `${shown.slice(0, longestName)}…` : shown
}

/** The same for texts of any length, such as log lines. */
export function harmlessText(text: string): string {
  return text
    .replace(controls, picture)
    .replace(invisibles, (character) => `⟨${codePoint(character)}⟩`)
    .replace(loneSurrogates, '\ufffd')
}

function picture(character: string): string {
  const code = character.charCodeAt(0)
  if (code < 0x20) return String.fromCharCode(0x2400 + code)
  if (code === 0x7f) return '\u2421'
  return `⟨${codePoint(character)}⟩`
}

function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
}

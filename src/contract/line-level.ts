export type LineLevel = 'error' | 'warn' | 'notice' | 'plain'

/** A level stands near the beginning; further in it is what the line speaks about. */
const searchedCharacters = 160

const errorWords = /^(?:error|err|fatal|critical|crit|panic|severe|emerg|alert)$/i
const warnWords = /^(?:warn|warning)$/i
const noticeWords = /^notice$/i

const jsonLevel = /"(?:level|severity|lvl|levelname|log\.level)"\s*:\s*"?([\w]+)"?/i
const namedLevel = /\b(?:level|lvl|severity)=["']?(\w+)/i
const bracketedLevel = /\[(error|err|warn|warning|notice|crit|critical|alert|emerg|fatal)\]/i
/** In capitals anywhere near the beginning, in small letters only as its first word. */
const plainLevel =
  /\b(ERROR|ERR|FATAL|CRITICAL|PANIC|SEVERE|WARN|WARNING|NOTICE)\b|^(?:\S*\d\S*\s+)?(error|fatal|panic|warn|warning|notice)\b/
/** Access logs of nginx, Apache and load balancers: the status after the request. */
const accessStatus = /\bHTTP\/\d(?:\.\d)?"\s+(\d{3})\b/

/** Colours end in a letter, which would make one word with a level behind it. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
const escapeSequences = /\x1b(?:\[[0-?]*[ -/]*[@-~]|[()][A-Z0-9])/g
/** Colours stand before what they colour, so that a line of many begins late. */
const cleanedCharacters = 8 * searchedCharacters

/** How serious a line says it is. A guess from what loggers write; the text stays as it is. */
export function levelOf(line: string): LineLevel {
  const text = line.includes('\x1b') ? line.slice(0, cleanedCharacters).replace(escapeSequences, '') : line
  const head = text.slice(0, text.startsWith('{') ? 4 * searchedCharacters : searchedCharacters)
  const word = text.startsWith('{') ? jsonLevel.exec(head)?.[1] : undefined
  if (word !== undefined) return levelOfWord(word)
  const status = accessStatus.exec(text.slice(0, 4 * searchedCharacters))?.[1]
  if (status !== undefined) return status >= '500' ? 'error' : status >= '400' ? 'warn' : 'plain'
  const found = bracketedLevel.exec(head) ?? namedLevel.exec(head) ?? plainLevel.exec(head)
  return levelOfWord(found?.[1] ?? found?.[2] ?? '')
}

function levelOfWord(word: string): LineLevel {
  if (errorWords.test(word)) return 'error'
  if (warnWords.test(word)) return 'warn'
  if (noticeWords.test(word)) return 'notice'
  // Bunyan and pino count: 40 is a warning, 50 and 60 are errors.
  const number = Number(word)
  if (number >= 50 && number <= 60) return 'error'
  return number === 40 ? 'warn' : 'plain'
}

/** What loggers call a level from error on. Whole words, so that it does not matter whether a term also fits a part of one. */
const errorWords = ['error', 'err', 'fatal', 'panic', 'severe', 'critical', 'crit', 'alert', 'emerg']

/** Patterns count letters as they are cased. */
const casings = errorWords.flatMap((word) => [
  word,
  `${word.charAt(0).toUpperCase()}${word.slice(1)}`,
  word.toUpperCase(),
])

/** Bunyan and pino count: 50 is an error, 60 a fatal one. */
const numbers = ['"level":50', '"level":60']

/** Access logs: the protocol ends with a quote, a status from 500 follows. */
const failedRequests = ['1.0', '1.1', '2.0', '2', '3.0', '3'].map((version) => `HTTP/${version}" 5`)

/**
 * A filter pattern for lines that may be errors: terms with `?`, of which one
 * is enough. It lets through more than errors; what a line is, `levelOf` says.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
export const errorPattern = [
  ...casings.map((word) => `?${word}`),
  ...[...numbers, ...failedRequests].map((phrase) => `?"${phrase.replace(/["\\]/g, '\\$&')}"`),
].join(' ')

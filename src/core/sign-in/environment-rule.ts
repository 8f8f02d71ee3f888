import type { Environment } from '../../contract/identity.ts'

const words: Record<Exclude<Environment, 'other'>, ReadonlySet<string>> = {
  production: new Set(['prod', 'prd', 'production', 'live']),
  staging: new Set(['staging', 'stage', 'stg', 'uat', 'preprod', 'preproduction']),
  development: new Set([
    'dev',
    'develop',
    'development',
    'test',
    'testing',
    'sandbox',
    'sbx',
    'qa',
    'lab',
    'playground',
    'nonprod',
    'nonproduction',
  ]),
}

/**
 * The environment that an account's name speaks of. Whole words count
 * ("Production EU", "acme_prod2", "shopPreProd"), so "Reproduction" says nothing.
 * A name that speaks of several is taken as production: asking once too often
 * does less harm than not asking.
 */
export function environmentOfName(name: string): Environment {
  const found = new Set(wordsOf(name).map(environmentOfWord))
  if (found.has('production')) return 'production'
  if (found.has('staging')) return 'staging'
  return found.has('development') ? 'development' : 'other'
}

function environmentOfWord(word: string): Environment {
  if (words.production.has(word)) return 'production'
  if (words.staging.has(word)) return 'staging'
  return words.development.has(word) ? 'development' : 'other'
}

/** Lower-case words without trailing numbers; "pre prod" and "non-prod" are one word each. */
function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replace(/\b(pre|non)[^a-z0-9]+(prod|production)\b/g, '$1$2')
    .split(/[^a-z0-9]+/)
    .map((word) => word.replace(/\d+$/, ''))
}

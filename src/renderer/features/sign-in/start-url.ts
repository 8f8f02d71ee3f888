import { isLocalHost } from '../../ui/web-page.ts'

/**
 * What is wrong with a start URL, as a sentence; nothing when it can be tried.
 * `http` is for local test servers only: a token must not cross a network in clear.
 */
export function startUrlProblem(text: string): string | undefined {
  const url = URL.parse(text.trim())
  if (url === null) return 'This is not an address. It looks like https://name.awsapps.com/start.'
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLocalHost(url.hostname)))
    return 'The address must begin with https://.'
  return undefined
}

/** The region that some portals have in their name, e.g. `ssoins-1.portal.eu-west-1.app.aws`. */
export function regionOfStartUrl(text: string): string | undefined {
  const host = URL.parse(text.trim())?.hostname ?? ''
  const [, before, after] =
    /(?:\.portal\.([a-z]+(?:-[a-z]+)+-\d+)\.app\.aws|\.([a-z]+(?:-[a-z]+)+-\d+)\.portal\.amazonaws\.(?:com|com\.cn|eu))$/.exec(
      host,
    ) ?? []
  return before ?? after
}

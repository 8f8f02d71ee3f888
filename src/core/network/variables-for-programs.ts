import type { EnvironmentVariables } from '../aws/paths.ts'

/**
 * The environment for a program that makes connections of its own, such as
 * AWS's plugin: Go programs know neither ALL_PROXY nor AWS_CA_BUNDLE in their
 * WebSockets, so they are told in their words. What is set already stays.
 */
export function networkVariablesForPrograms(
  environment: EnvironmentVariables,
): Record<string, string | undefined> {
  const everything = environment.all_proxy ?? environment.ALL_PROXY
  const hasProxy = environment.https_proxy !== undefined || environment.HTTPS_PROXY !== undefined
  return {
    ...environment,
    ...(everything && !hasProxy ? { HTTPS_PROXY: everything } : {}),
    ...(environment.AWS_CA_BUNDLE && !environment.SSL_CERT_FILE
      ? { SSL_CERT_FILE: environment.AWS_CA_BUNDLE }
      : {}),
  }
}

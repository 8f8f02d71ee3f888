import type { Identity, IdentityList } from '../../../contract/identity.ts'
import type { DiagnosticsPart } from '../diagnostics-service.ts'

/** Everyone that can be signed in as, how they stand and until when. */
export function signInsPart(identities: () => Promise<IdentityList>): DiagnosticsPart {
  return {
    title: 'Sign-ins',
    async rows() {
      const { identities: all, problems } = await identities()
      const rows = all.map((identity) => ({
        label: identity.name,
        value: [kindWords[identity.kind], stateWords(identity)].join(', '),
        ...(identity.problem || identity.startUrl
          ? { note: identity.problem?.message ?? identity.startUrl }
          : {}),
        ...(identity.problem ? { tone: 'bad' as const } : {}),
      }))
      const broken = problems.map(({ message }) => ({
        label: 'Problem',
        value: message,
        tone: 'bad' as const,
      }))
      return [...broken, ...rows]
    },
  }
}

const kindWords: Record<Identity['kind'], string> = {
  'identity-center': 'Identity Center',
  'access-keys': 'access keys',
  'assumed-role': 'assumed role',
  process: 'program',
  'web-identity': 'web identity',
  'console-login': 'aws login',
  environment: 'environment variables',
  container: 'container role',
  instance: 'instance role',
}

function stateWords({ state, expiresAt }: Identity): string {
  const words = state.replace('-', ' ')
  if (expiresAt === undefined) return words
  return `${words} ${state === 'signed-in' ? 'until' : 'at'} ${new Date(expiresAt).toISOString()}`
}

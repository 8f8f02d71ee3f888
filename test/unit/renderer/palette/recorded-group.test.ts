import { expect, it } from 'vitest'
import type { AuditSession } from '../../../../src/contract/audit.ts'
import type { SearchHit } from '../../../../src/contract/search.ts'
import { recordedMatches } from '../../../../src/renderer/features/palette/recorded-group.ts'

const hit = (text: string, at: number, kind: SearchHit['kind'] = 'command'): SearchHit => ({
  kind,
  at,
  text,
  highlights: [],
})
const group = (sessionId: string, hits: SearchHit[]) => ({
  kind: 'session' as const,
  session: { sessionId } as AuditSession,
  source: { state: 'unknown' as const },
  hits,
  hitCount: hits.length,
})

it('recorded commands are found by their latest use, once each, and output is not among them', () => {
  const groups = [
    group('new', [
      hit('nginx -t', 5),
      hit('nginx -t', 9),
      hit('nginx: ok', 10, 'output'),
      hit('nginx -s quit', 20),
    ]),
    group('old', [hit('nginx -t', 1), hit('nginx -v', 2)]),
  ]
  const found = (most: number) =>
    recordedMatches({ groups }, most).map(({ session, hit }) => [session.sessionId, hit.text, hit.at])
  expect(found(10)).toEqual([
    ['new', 'nginx -s quit', 20],
    ['new', 'nginx -t', 9],
    ['old', 'nginx -v', 2],
  ])
  expect(found(1)).toEqual([['new', 'nginx -s quit', 20]])
})

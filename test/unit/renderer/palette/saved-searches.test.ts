import { expect, test } from 'vitest'
import type { SavedSearch } from '../../../../src/contract/host.ts'
import { auditDocument } from '../../../../src/renderer/app/documents/document.ts'
import type { Services } from '../../../../src/renderer/app/services.ts'
import { savedSearchCommands } from '../../../../src/renderer/features/audit/audit-commands.ts'
import { searchOf } from '../../../../src/renderer/features/audit/search-state.ts'
import { searchCommands } from '../../../../src/renderer/features/palette/search-commands.ts'

const saved: SavedSearch[] = [
  { query: 'nginx', range: 'all', filters: {} },
  { query: '', range: '90', filters: { results: ['refused'], environments: ['production'] } },
]

test('a saved search is found in the palette by what it asks for, and asks it again', () => {
  const opened: unknown[] = []
  const services = {
    workspace: { open: (document: unknown) => opened.push(document) },
  } as unknown as Services
  searchOf(services).setState({ query: 'something else', filters: { people: ['ana'] } })
  const commands = savedSearchCommands(services, saved)
  const [found] = searchCommands(commands, 'saved refused', 5).matches
  expect(found?.command.title).toBe('Saved search: Refused, Production, last 90 days')
  found?.command.run({ target: undefined, signedIn: true })
  expect(searchOf(services).getState()).toMatchObject(saved[1] as object)
  expect(opened).toEqual([auditDocument])
  expect(new Set(commands.map(({ id }) => id)).size).toBe(2)
})

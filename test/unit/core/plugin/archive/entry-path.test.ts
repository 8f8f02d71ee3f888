import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ArchiveProblem } from '../../../../../src/core/plugin/archive/archive-problem.ts'
import { assertLinkStaysInside, safeEntryPath } from '../../../../../src/core/plugin/archive/entry-path.ts'

const trickyPart = fc.oneof(
  fc.constantFrom('..', '.', '', 'a', 'b', 'C:', '\\', '..\\', '\0', '...', '~'),
  fc.string({ maxLength: 4 }),
)
const trickyPath = fc.array(trickyPart, { maxLength: 8 }).map((parts) => parts.join('/'))

describe('safeEntryPath', () => {
  test.each([
    ['./usr/local/bin/x', 'usr/local/bin/x'],
    ['usr//local/./x', 'usr/local/x'],
    ['./', ''],
    ['...', '...'],
  ])('%s becomes %s', (name, expected) => expect(safeEntryPath(name)).toBe(expected))

  test.each(['../x', 'a/../../x', 'a/..', '/etc/passwd', 'C:/x', './C:/x', 'c:x', 'a\\..\\x', 'a\0b'])(
    'refuses %j',
    (name) => expect(() => safeEntryPath(name)).toThrow(ArchiveProblem),
  )

  test('whatever it lets through stays inside, on every system', () => {
    fc.assert(
      fc.property(trickyPath, (name) => {
        let safe: string
        try {
          safe = safeEntryPath(name)
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(ArchiveProblem)
          return
        }
        for (const { resolve, sep, root } of [
          { ...path.posix, root: '/root' },
          { ...path.win32, root: 'C:\\root' },
        ]) {
          const landed = resolve(root, safe)
          expect(landed === root || landed.startsWith(root + sep)).toBe(true)
        }
      }),
    )
  })
})

describe('assertLinkStaysInside', () => {
  test.each([
    ['usr/bin/x', '../local/bin/x', 'symlink'],
    ['usr/bin/x', 'y', 'symlink'],
    ['usr/bin/x', 'usr/bin/y', 'link'],
  ] as const)('%s to %s (%s)', (entry, target, kind) => assertLinkStaysInside(entry, target, kind))

  test.each([
    ['usr/bin/x', '../../../etc/passwd', 'symlink'],
    ['x', '..', 'symlink'],
    ['usr/bin/x', '/etc/passwd', 'symlink'],
    ['usr/bin/x', '../x', 'link'],
    ['usr/bin/x', '', 'symlink'],
    ['usr/bin/x', 'C:\\x', 'symlink'],
    ['usr/bin/x', './C:/x', 'symlink'],
  ] as const)('refuses %s to %j (%s)', (entry, target, kind) =>
    expect(() => assertLinkStaysInside(entry, target, kind)).toThrow(ArchiveProblem),
  )
})

import { expect, test } from 'vitest'
import { namespaceCommand } from '../../../../src/sandbox/containers/namespace-command.ts'

const options = {
  sources: { scripts: '/p/namespaces', base: '/c/base', image: '/c/image', agent: '/c/agent' },
  owner: undefined,
  hostname: 'host',
  address: '10.0.0.1',
  agentFolder: '/ecs-execute-command-1',
  hostRootDevice: '65024',
  main: ['nginx', '-g', 'daemon off;'],
}

test('a user namespace is always made, and before it root gives its rights away', () => {
  const unprivileged = namespaceCommand(options)
  expect([unprivileged.file, ...unprivileged.args].join(' ')).toMatch(
    /^unshare --user --map-root-user --mount/,
  )
  const root = namespaceCommand({ ...options, owner: { uid: 7, gid: 8 } })
  expect([root.file, ...root.args].join(' ')).toMatch(
    /^unshare --mount .*stage-sources\.sh .* setpriv --reuid 7 --regid 8 --clear-groups unshare --user --map-root-user/,
  )
})

test('no namespace is left out', () => {
  expect(namespaceCommand(options).args.join(' ')).toMatch(/--pid --fork --kill-child --uts --ipc --net/)
})

test('the main process comes last, word by word', () => {
  expect(namespaceCommand(options).args.slice(-4)).toEqual(['65024', 'nginx', '-g', 'daemon off;'])
})

test('the staging folder is never one that holds a source', () => {
  const staged = namespaceCommand({
    ...options,
    sources: { scripts: '/media/p', base: '/mnt/c/base', image: '/c/image', agent: '/c/agent' },
  })
  expect(staged.args).toContain('/srv')
  expect(staged.args).not.toContain('/media')
  expect(staged.args).not.toContain('/mnt')
})

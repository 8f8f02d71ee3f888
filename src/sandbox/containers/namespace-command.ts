import { join } from 'node:path'
import type { ContainerOwner } from './staged-folder.ts'

/** Memory that a container's own files may take: enough for a large log, too little to hurt the machine. */
const rootSize = '512m'

/**
 * Where a container's sources are gathered, in its own mount namespace. Any
 * folder does that every Linux has and that holds none of the sources.
 */
const stagingCandidates = ['/media', '/mnt', '/srv', '/opt', '/tmp']

export interface NamespaceCommand {
  file: string
  args: string[]
}

export interface NamespaceSources {
  /** Folder of the two scripts that need the host's rights. */
  scripts: string
  base: string
  image: string
  agent: string
}

/**
 * The one command that makes a container: it ends when the container does, and
 * killing it kills everything inside.
 *
 * Root inside is never root outside. Started by real root, everything is
 * handed to `owner` before the user namespace is made, so that inside root is
 * an id that owns nothing on the host: root's own id, even in a user
 * namespace, may write /proc/sys/kernel/core_pattern and its like. Started by
 * anyone else, root inside is that user.
 */
export function namespaceCommand(options: {
  sources: NamespaceSources
  owner: ContainerOwner
  hostname: string
  address: string
  /** Path inside where the exec agent's files are. */
  agentFolder: string
  hostRootDevice: string
  main: string[]
}): NamespaceCommand {
  const { sources, owner } = options
  const staging = stagingFolder([sources.base, sources.image, sources.agent, sources.scripts])
  const userNamespace = ['unshare', '--user', '--map-root-user']
  const privateMounts = ['--mount', '--propagation', 'private']
  const words = [
    ...(owner ? ['unshare', ...privateMounts] : [...userNamespace, ...privateMounts]),
    ...[
      '/bin/sh',
      join(sources.scripts, 'stage-sources.sh'),
      staging,
      sources.base,
      sources.image,
      sources.agent,
    ],
    ...(owner ? [...becomeOwner(owner), ...userNamespace] : []),
    // When the sandbox dies without a word, this process goes with it, and process 1 inside with this one.
    ...['setpriv', '--pdeathsig', 'KILL'],
    ...['unshare', ...privateMounts, '--pid', '--fork', '--kill-child', '--uts', '--ipc', '--net'],
    ...[
      '/bin/sh',
      join(staging, 'agent', 'enter-root.sh'),
      staging,
      rootSize,
      options.hostname,
      options.address,
    ],
    ...[options.agentFolder, options.hostRootDevice, ...options.main],
  ]
  const [file = '', ...args] = words
  return { file, args }
}

function becomeOwner(owner: { uid: number; gid: number }): string[] {
  return ['setpriv', '--reuid', String(owner.uid), '--regid', String(owner.gid), '--clear-groups']
}

function stagingFolder(sources: string[]): string {
  const holdsSource = (folder: string) => sources.some((source) => source.startsWith(`${folder}/`))
  const folder = stagingCandidates.find((candidate) => !holdsSource(candidate))
  if (!folder) throw new Error('There is no folder to stage a container in')
  return folder
}

import { z } from 'zod'
import { integratedAutomaticShell, integratedShell } from './shell-integration.ts'

/** The family of the operating system that a container runs on. */
export type ContainerSystem = 'linux' | 'windows'

export const shellProgramSchema = z.enum(['bash', 'ash', 'sh', 'powershell', 'cmd'])
export type ShellProgram = z.infer<typeof shellProgramSchema>

/** Longest command that is passed on; ECS names no limit, CloudTrail keeps what it gets. */
export const longestCommandCharacters = 4096

/** What runs in a container when a session opens. */
export const shellChoiceSchema = z.discriminatedUnion('kind', [
  /** The best shell that the image has. */
  z.object({ kind: z.literal('automatic') }),
  z.object({ kind: z.literal('program'), program: shellProgramSchema }),
  /** As typed: the agent splits it into words like a shell and runs it without one. */
  z.object({ kind: z.literal('custom'), command: z.string().min(1).max(longestCommandCharacters) }),
])
export type ShellChoice = z.infer<typeof shellChoiceSchema>

export const automaticChoice: ShellChoice = { kind: 'automatic' }

/**
 * bash, then ash, then sh, in one session. The agent runs a command without a
 * shell of its own, so choosing needs `sh -c`; a shell that fails to `exec` is
 * gone, so each is looked for first; `exec` leaves nothing of the choosing
 * behind. Short, because it stands in CloudTrail for every session.
 */
export const automaticLinuxShell = "/bin/sh -c 'exec $(command -v bash || command -v ash || echo sh)'"

/** Every Windows image that ECS Exec works with has it; Nano Server is not supported. */
const automaticWindowsShell = 'powershell.exe'

const programCommands: Record<ShellProgram, string> = {
  bash: '/bin/bash',
  ash: '/bin/ash',
  sh: '/bin/sh',
  powershell: 'powershell.exe',
  cmd: 'cmd.exe',
}

/**
 * The command that ECS ExecuteCommand is given for a choice.
 * @param integration whether the shell is to mark its commands, where `takesIntegration` allows
 */
export function shellCommand(choice: ShellChoice, system: ContainerSystem, integration = false): string {
  const marked = integration && takesIntegration(choice, system)
  switch (choice.kind) {
    case 'automatic':
      if (marked) return integratedAutomaticShell
      return system === 'windows' ? automaticWindowsShell : automaticLinuxShell
    case 'program':
      return marked && isPosixShell(choice.program)
        ? integratedShell(choice.program)
        : programCommands[choice.program]
    case 'custom':
      return choice.command.trim()
  }
}

/** What somebody typed runs as it was typed, and Windows has no shell that we can ask for marks. */
export function takesIntegration(choice: ShellChoice, system: ContainerSystem): boolean {
  if (choice.kind === 'program') return isPosixShell(choice.program)
  return choice.kind === 'automatic' && system === 'linux'
}

function isPosixShell(program: ShellProgram): program is 'bash' | 'ash' | 'sh' {
  return program === 'bash' || program === 'ash' || program === 'sh'
}

/** The shells one can name on a system, best first. */
export function shellPrograms(system: ContainerSystem): readonly ShellProgram[] {
  return system === 'windows' ? ['powershell', 'cmd'] : ['bash', 'ash', 'sh']
}

/** The system of a task. Fargate and most of EC2 say `LINUX` or e.g. `WINDOWS_SERVER_2022_CORE`. */
export function systemOf(platformFamily: string | undefined): ContainerSystem {
  return platformFamily?.toLowerCase().includes('windows') ? 'windows' : 'linux'
}

/** What a shell has and a command without one has not, in the order in which it is looked for. */
const shellSigns: readonly { sign: RegExp; word: string }[] = [
  { sign: /[;&|]/, word: '&, | and ;' },
  { sign: /[<>]/, word: '< and >' },
  { sign: /\$/, word: 'variables' },
  { sign: /[*?]/, word: 'file patterns' },
]

/**
 * What in a custom command would need a shell to mean what it says, or
 * undefined. Quoted text is somebody else's business: `sh -c '…'` is right.
 */
export function needsShell(command: string): string | undefined {
  const unquoted = command.replace(/'[^']*'|"(?:[^"\\]|\\.)*"|\\./g, '')
  return shellSigns.find(({ sign }) => sign.test(unquoted))?.word
}

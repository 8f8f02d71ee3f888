import { automaticLinuxShell } from '../../../contract/shell-command.ts'
import { hasShellIntegration } from '../../../contract/shell-integration.ts'

const shells = new Set([
  'sh',
  'bash',
  'ash',
  'dash',
  'zsh',
  'ksh',
  'fish',
  'busybox',
  'powershell',
  'pwsh',
  'cmd',
])

/** Whether a session's command is a shell that a person types into; any other is the one command of its session. */
export function runsShell(command: string): boolean {
  if (command === automaticLinuxShell || hasShellIntegration(command)) return true
  const [program = '', ...rest] = command.trim().split(/\s+/)
  const name =
    program
      .split(/[/\\]/)
      .at(-1)
      ?.replace(/\.exe$/i, '') ?? ''
  if (!shells.has(name.toLowerCase())) return false
  // `sh -c 'exec bash'` ends in a shell too, and is read from the screen like one.
  return (
    !rest.some((word) => /^-[a-z]*c$/.test(word)) || /\bexec\b[^;|&]*\b(?:ba|a|da|z|k|fi)?sh\b/.test(command)
  )
}

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is the shell's, and meant so
/**
 * A shell that says where its prompts and commands begin and end (OSC 133 and
 * 633, which no terminal shows). Everything is in the command that ECS is given:
 * nothing is typed into the shell, no file is written. It is one line and holds
 * no single quotes, so that it reads well in CloudTrail, where it stands for
 * every session. What the container lacks costs the marks, never the shell.
 */

/** A no-op that tells whoever reads CloudTrail what the rest is. */
const beginning = "/bin/sh -c ': Porthole shell integration; "

/** How the text of a command begins where bash replaces no calls in its prompts (`shopt -u promptvars`): it is none. */
export const unexpandedCommandText = '$({ __porthole_text'

/**
 * What bash reads in place of `~/.bashrc`, which it reads first. The prompt
 * carries the exit code and its own borders; PS0 the command, from the history,
 * unless that has nothing new (`HISTCONTROL`). Both are put back when somebody
 * changes them, at the end of PROMPT_COMMAND and without a sound, so that
 * `set -x` and traps show nothing of it. bash before 4.4 knows no PS0, and what
 * was typed is read from the screen, as are long texts and control characters.
 */
const bashStartup = [
  '[ -r ~/.bashrc ] && . ~/.bashrc',
  // The pipe through which this comes.
  'exec 63<&-',
  'printf -v __porthole_l "\\n"',
  '__porthole_text() { local t=$(HISTTIMEFORMAT= history 1)',
  '[[ $t =~ ^\\ *$__porthole_n[*\\ ]\\  ]] || return',
  't=${t:${#BASH_REMATCH}}',
  '((${#t}>4096)) && return',
  't=${t//\\\\/\\\\\\\\}',
  't=${t//;/\\\\x3b}',
  't=${t//$__porthole_l/\\\\x0a}',
  '[[ $t == *[[:cntrl:]]* ]] || printf %s "$t"; }',
  '__porthole_mark() { __porthole_n=$HISTCMD',
  '[[ $PS1 == *"]133;B"* ]] || PS1="\\[\\e]133;D;\\$?\\a\\e]133;A\\a\\]$PS1\\[\\e]133;B\\a\\]"',
  // Within the mark, so that nothing of the call shows where bash does not replace it.
  '[[ ${PS0-} == *"]133;C"* ]] || PS0="\\e]633;E;\\$({ __porthole_text; } 2>/dev/null)\\a\\e]133;C\\a${PS0-}"; }',
  'PROMPT_COMMAND="${PROMPT_COMMAND:+$PROMPT_COMMAND$__porthole_l}{ __porthole_mark; } >/dev/null 2>&1"',
].join('; ')

/** bash hands its second self the startup text through a pipe, because there need be no writable folder. */
function startBash(bash: string): string {
  return `[ -d /dev/fd ] && exec ${bash} -c "exec ${bash} --rcfile <(printf %s \\"\\$0\\")" "$0"; exec ${bash}`
}

/**
 * A POSIX shell expands `$?` in its prompt and has nothing to run before a
 * command. The prompt that it would have had is known to `sh -c` too, except in
 * bash; ash and bash count the letters of their prompt unless told that some take no room.
 */
function startPosixShell(program: string): string {
  return [
    'm=$(printf "\\033]133;") e=$(printf "\\007")',
    ': "${PS1:=${BASH_VERSION:+\\\\s-\\\\v\\\\\\$ }}"',
    'case $PS1$(readlink /proc/$$/exe) in *\\\\*|*/bash|*/busybox*) l="\\\\[" r="\\\\]"',
    'esac',
    'export PS1="$l${m}D;\\$?$e${m}A$e$r${PS1:-# }$l${m}B$e$r"',
    `exec ${program}`,
  ].join('; ')
}

/** The command for the best shell of a Linux image, like `automaticLinuxShell`, with marks. */
export const integratedAutomaticShell = `${beginning}if command -v bash >/dev/null; then ${startBash('bash')}; fi; ${startPosixShell('$(command -v ash || echo sh)')}' '${bashStartup}'`

/** The command for a shell of Linux that somebody named, with marks. */
export function integratedShell(program: 'bash' | 'ash' | 'sh'): string {
  const path = `/bin/${program}`
  return program === 'bash'
    ? `${beginning}${startBash(path)}' '${bashStartup}'`
    : `${beginning}${startPosixShell(path)}'`
}

/** Whether a session's command, as the ledger or CloudTrail has it, starts a shell with marks. */
export function hasShellIntegration(command: string): boolean {
  return command.startsWith(beginning)
}

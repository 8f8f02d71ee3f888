/** How prompts look on a screen: text of the cursor's line up to the cursor, before anything was typed. */

const shellPrompt = /[$#%>❯➜»]\s?$/
const secretPrompt = /(?:assword|assphrase|passcode|\bPIN|\btoken)\b[^:]{0,120}:\s*$/i
/** What a shell shows for the further lines of a command. */
const continuationPrompt = /^> ?$/

/** What shells ask with unless somebody has changed it: `sh-5.2#`, `root@web:~#`, `[ann@db1 /]$`, `web:/srv $`, `/ #`. */
const usualShellPrompt =
  /^(?:(?:ba|da|a|k|z)?sh-[\d.]+|\[?[\w.-]+@[\w.-]+\b.{0,200}|[\w.-]+:[~/].{0,200}|[~/].{0,200})?\s?[$#%❯➜»]\s?$/
/** Clients of databases, interpreters and debuggers: `mysql>`, `MariaDB [shop]>`, `shop=#`, `>>>`, `10.0.0.1:6379>`. */
const programPrompt =
  /(?:^(?:mysql|mariadb|sqlite|s?ftp|irb|node|redis|gnuplot|lftp|smb)\b.*>|^[\w.-]+:\d+(?:\[\d+\])?>|\w[=-][#>]|>>>)\s?$/i
/** `curl` and others count on the row on which somebody types ahead. */
const progress = /\d\s?%\s?$/

/** Words that start a shell of their own, here or elsewhere. */
const shellStarter =
  /(?:^|[\s;&|(/])(?:su|ssh|mosh|telnet|login|newgrp|sg|chroot|nsenter|unshare|script|runuser|busybox|docker|podman|kubectl|(?:ba|da|a|z|k|fi)?sh|(?:sudo|doas)\s(?:.*\s)?-\w*[si])(?=$|[\s;&|)])/

export function isSecretPrompt(text: string): boolean {
  return secretPrompt.test(text)
}

export function isShellPrompt(text: string): boolean {
  return shellPrompt.test(text)
}

/** Whether a command may leave its user in another shell, by what it is called. */
export function startsShell(command: string): boolean {
  return shellStarter.test(command)
}

/** Whether what a running command shows is the prompt of a shell, as after `su -`. */
export function isInnerShellPrompt(text: string, command: { startsShell: boolean }): boolean {
  if (!isShellPrompt(text) || progress.test(text) || programPrompt.test(text)) return false
  return command.startsShell || usualShellPrompt.test(text)
}

export function isContinuationPrompt(text: string): boolean {
  return continuationPrompt.test(text)
}

/** What was typed on a further line of a command, or undefined when the line is none. */
export function continuationOf(line: string): string | undefined {
  return line.startsWith('> ') ? line.slice(2) : undefined
}

/** Whether nothing but stars, or the next prompt, has come after a secret prompt. */
export function keptSecret(prompt: string, line: string): boolean {
  if (!line.startsWith(prompt.trimEnd())) return false
  const after = line.slice(prompt.trimEnd().length).trim()
  return after === '' || /^[*•]+$/.test(after) || isShellPrompt(after) || isSecretPrompt(after)
}

/** Whether something asks anew on the row of a prompt for a secret: programs need not end that row. */
export function asksAfterSecret(prompt: string, line: string): boolean {
  const asked = prompt.trimEnd()
  const after = line.slice(asked.length).trim()
  return line.startsWith(asked) && after !== '' && (isShellPrompt(after) || isSecretPrompt(after))
}

/** Prompts that change little, e.g. with the folder, are all worth knowing. */
const keptPrompts = 8

/** The prompts of late, for what was typed before its prompt stood there. */
export class LearnedPrompts {
  #prompts: string[] = []

  learn(prompt: string): void {
    this.#prompts = [prompt, ...this.#prompts.filter((known) => known !== prompt)].slice(0, keptPrompts)
  }

  /** What follows the prompt on `line`. */
  strip(line: string): string | undefined {
    const prompt = this.#prompts.find((known) => line.startsWith(known))
    return prompt === undefined ? undefined : line.slice(prompt.length)
  }
}

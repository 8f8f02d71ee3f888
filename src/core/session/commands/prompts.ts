/** How prompts look on a screen: text of the cursor's line up to the cursor, before anything was typed. */

const shellPrompt = /[$#%>❯➜»]\s?$/
const secretPrompt = /(?:assword|assphrase|passcode|\bPIN|\btoken)\b[^:]{0,120}:\s*$/i
/** What a shell shows for the further lines of a command. */
const continuationPrompt = /^> ?$/

export function isSecretPrompt(text: string): boolean {
  return secretPrompt.test(text)
}

export function isShellPrompt(text: string): boolean {
  return shellPrompt.test(text)
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
  return after === '' || /^[*•]+$/.test(after) || isShellPrompt(after)
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

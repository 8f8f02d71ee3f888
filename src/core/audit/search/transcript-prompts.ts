/** Prompts that say whose they are: no program prints them by chance. `sh-5.2#`, `root@web:/srv#`, `[ann@db1 /]$`. */
const telling =
  /^(?:(?:ba|da|a|k|z)?sh-[\d.]+|\[?[\w.-]+@[\w.-]+(?:[:\s][^$#%❯➜»]{0,200})?\]?)\s?[$#%❯➜»](?:\s|$)/
/** BusyBox's and others': `/ #`, `~ $`, `web:/srv $`. */
const ofFolder = /^(?:[\w.-]+:)?[~/][^\s$#%]{0,200} [$#](?:\s|$)/
/** dash's, which configuration files full of comments look like, too. */
const bare = /^[$#](?:\s|$)/

/** What `script` writes around a session. */
const frame = /^Script (?:started|done)\b/

/**
 * Tells lines at a prompt in the transcript of a shell. A prompt that says little
 * counts only where the transcript begins with one of its kind: so a shell does,
 * and the output of a program does not.
 */
export class TranscriptPrompts {
  #begun = false
  #opening: RegExp | undefined

  /** @returns what stands behind the prompt of a line; undefined where there is no prompt, or nothing behind it */
  commandOn(line: string): string | undefined {
    this.#begin(line)
    const prompt = telling.exec(line) ?? this.#opening?.exec(line)
    const command = prompt && line.slice(prompt[0].length).trim()
    return command ? command : undefined
  }

  #begin(line: string): void {
    if (this.#begun || line.trim() === '' || frame.test(line)) return
    this.#begun = true
    this.#opening = [ofFolder, bare].find((kind) => kind.test(line))
  }
}

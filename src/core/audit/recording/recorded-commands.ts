import { type CommandEntry, CommandList } from '../../../contract/command-marker.ts'

const anyEvent = /^\[([\d.]+), "([a-z])", /

/** The commands of a recording, read from its markers page by page; output is passed over. */
export async function readCommands(
  readPage: (offset: number) => Promise<{ text: string; nextOffset?: number }>,
): Promise<CommandEntry[]> {
  const list = new CommandList()
  let elapsed = 0
  for (let offset: number | undefined = 0; offset !== undefined; ) {
    const page = await readPage(offset)
    for (const line of page.text.split('\n')) {
      const [start, interval, code] = anyEvent.exec(line) ?? []
      if (start === undefined) continue
      elapsed += Math.round(Number(interval) * 1000)
      if (code === 'm') list.add(elapsed, labelOf(line))
    }
    offset = page.nextOffset
  }
  return list.entries
}

function labelOf(line: string): string {
  try {
    const event: unknown = JSON.parse(line)
    return Array.isArray(event) && typeof event[2] === 'string' ? event[2] : ''
  } catch {
    return ''
  }
}

import { displayText } from '../../ui/display-text.ts'
import type { Ranges } from './fuzzy.ts'

/** Untrusted text with the letters that were searched for marked. */
export function Highlight({
  text,
  ranges,
  className,
}: {
  text: string
  ranges: Ranges
  className?: string | undefined
}) {
  return <bdi className={className}>{partsOf(text, ranges)}</bdi>
}

function partsOf(text: string, ranges: Ranges) {
  const parts = []
  let at = 0
  for (let index = 0; index + 1 < ranges.length; index += 2) {
    const start = ranges[index] ?? 0
    const end = ranges[index + 1] ?? 0
    if (start > at) parts.push(displayText(text.slice(at, start)))
    parts.push(<em key={start}>{displayText(text.slice(start, end))}</em>)
    at = end
  }
  parts.push(displayText(text.slice(at)))
  return parts
}

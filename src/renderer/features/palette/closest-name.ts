/** Changes of one letter (added, dropped, replaced, or swapped with its neighbour) from one word to the other. */
export function editDistance(left: string, right: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: right.length + 1 }, (_, column) => column)
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row]
    for (let column = 1; column <= right.length; column += 1) {
      const same = left[row - 1] === right[column - 1]
      const swapped =
        row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1]
      current[column] = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
        swapped ? (beforeLast[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      )
    }
    beforeLast = last
    last = current
  }
  return last[right.length] ?? 0
}

/** Further apart than this share of its letters, a name is another name and no typing mistake. */
const largestShare = 0.4

/** The name most like what was typed, if one is like it at all. */
export function closestName(typed: string, names: Iterable<string>): string | undefined {
  const wanted = typed.trim().toLowerCase()
  if (wanted.length < 3) return undefined
  let best: { name: string; distance: number } | undefined
  for (const name of new Set(names)) {
    const distance = editDistance(wanted, name.toLowerCase())
    if (distance > Math.ceil(name.length * largestShare)) continue
    if (best === undefined || distance < best.distance) best = { name, distance }
  }
  return best?.name
}

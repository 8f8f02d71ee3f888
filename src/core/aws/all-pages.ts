/** A page of a list, as every list call of AWS gives it once its own member names are taken off. */
export interface Page<Item> {
  items: Item[] | undefined
  nextToken: string | undefined
}

/** Reads a list to its end, page after page. */
export async function allPages<Item>(
  fetchPage: (nextToken: string | undefined) => Promise<Page<Item>>,
): Promise<Item[]> {
  const all: Item[] = []
  let token: string | undefined
  do {
    const { items, nextToken } = await fetchPage(token)
    all.push(...(items ?? []))
    token = nextToken
  } while (token)
  return all
}

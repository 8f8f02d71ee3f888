/** One SDK client per Region, made on first use. A failure to make one is not remembered. */
export interface RegionalClients<Client> extends Disposable {
  get(region: string): Promise<Client>
}

export function createRegionalClients<Client>(
  make: (region: string) => Promise<Client>,
): RegionalClients<Client> {
  const clients = new Map<string, Promise<Client>>()
  return {
    get(region) {
      const existing = clients.get(region)
      if (existing) return existing
      const made = make(region)
      clients.set(region, made)
      made.catch(() => clients.delete(region))
      return made
    },
    [Symbol.dispose]: () => clients.clear(),
  }
}

/** Makes calls with the same key share one run while it is under way; a later call runs again. */
export interface SingleFlight<Value> {
  run(key: string, work: () => Promise<Value>): Promise<Value>
}

export function createSingleFlight<Value>(): SingleFlight<Value> {
  const flights = new Map<string, Promise<Value>>()
  return {
    run(key, work) {
      const current = flights.get(key)
      if (current) return current
      const flight = work().finally(() => flights.delete(key))
      flights.set(key, flight)
      return flight
    },
  }
}

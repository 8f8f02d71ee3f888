/** A set of callbacks for one kind of event. */
export interface Listeners<Payload> extends Disposable {
  add(listener: (payload: Payload) => void): Disposable
  emit(payload: Payload): void
  readonly size: number
}

/**
 * Listeners are called in the order in which they were added; one that is added
 * or removed during a call takes effect from the next one on.
 */
export function createListeners<Payload>(): Listeners<Payload> {
  const registrations = new Set<{ call: (payload: Payload) => void }>()
  return {
    add(listener) {
      const registration = { call: listener }
      registrations.add(registration)
      return { [Symbol.dispose]: () => void registrations.delete(registration) }
    },
    emit(payload) {
      for (const registration of [...registrations]) registration.call(payload)
    },
    get size() {
      return registrations.size
    },
    [Symbol.dispose]: () => registrations.clear(),
  }
}

/** One disposable for several; disposed in reverse, as things were built. */
export function disposeTogether(...parts: Disposable[]): Disposable {
  return {
    [Symbol.dispose]() {
      for (const part of parts.toReversed()) part[Symbol.dispose]()
    },
  }
}

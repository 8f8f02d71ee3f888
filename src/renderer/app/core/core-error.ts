import type { ErrorValue, Result } from '../../../contract/errors.ts'

/** An error value on its way through code that only knows throwing, such as the query cache. */
export class CoreError extends Error {
  readonly value: ErrorValue

  constructor(value: ErrorValue) {
    super(value.message)
    this.name = 'CoreError'
    this.value = value
  }
}

export function unwrap<Value>(result: Result<Value>): Value {
  if (result.ok) return result.value
  throw new CoreError(result.error)
}

import { AwsError } from './aws-error.ts'

export type JsonObject = Record<string, unknown>

/**
 * Reads the members of a request. A member of the wrong type is refused as the
 * service's deserializer does, with SerializationException.
 */
export class ApiInput {
  readonly members: JsonObject

  constructor(members: JsonObject) {
    this.members = members
  }

  /** @throws {AwsError} SerializationException when the body is not a JSON object */
  static parse(body: string): ApiInput {
    if (body.trim() === '') return new ApiInput({})
    let value: unknown
    try {
      value = JSON.parse(body)
    } catch {
      throw new AwsError('SerializationException', 'The request body is not JSON.')
    }
    if (!isObject(value)) throw new AwsError('SerializationException', 'Start of structure expected.')
    return new ApiInput(value)
  }

  string(name: string): string | undefined {
    return this.#typed(name, 'a string', (value) => typeof value === 'string') as string | undefined
  }

  boolean(name: string): boolean | undefined {
    return this.#typed(name, 'a boolean', (value) => typeof value === 'boolean') as boolean | undefined
  }

  integer(name: string): number | undefined {
    return this.#typed(name, 'an integer', Number.isInteger) as number | undefined
  }

  /** Epoch seconds on the wire, milliseconds here. */
  timestamp(name: string): number | undefined {
    const seconds = this.#typed(name, 'a timestamp', Number.isFinite) as number | undefined
    return seconds === undefined ? undefined : seconds * 1000
  }

  strings(name: string): string[] {
    const isStrings = (value: unknown) =>
      Array.isArray(value) && value.every((item) => typeof item === 'string')
    return (this.#typed(name, 'a list of strings', isStrings) as string[] | undefined) ?? []
  }

  objects(name: string): ApiInput[] {
    const isObjects = (value: unknown) => Array.isArray(value) && value.every(isObject)
    const items = (this.#typed(name, 'a list of structures', isObjects) as JsonObject[] | undefined) ?? []
    return items.map((item) => new ApiInput(item))
  }

  object(name: string): ApiInput | undefined {
    const value = this.#typed(name, 'a structure', isObject) as JsonObject | undefined
    return value && new ApiInput(value)
  }

  stringMap(name: string): Record<string, string> {
    const isMap = (value: unknown) =>
      isObject(value) && Object.values(value).every((item) => typeof item === 'string')
    return (this.#typed(name, 'a map of strings', isMap) as Record<string, string> | undefined) ?? {}
  }

  #typed(name: string, expected: string, accepts: (value: unknown) => boolean): unknown {
    const value = this.members[name]
    if (value === undefined || value === null) return undefined
    if (!accepts(value)) throw new AwsError('SerializationException', `Member ${name} must be ${expected}.`)
    return value
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

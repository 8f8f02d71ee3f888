import { AwsError } from './aws-error.ts'

/** Reads parameters of the query protocol, where lists and structures are spelled out in the names. */
export class QueryInput {
  readonly #values: ReadonlyMap<string, string>

  constructor(values: Iterable<readonly [string, string]>) {
    this.#values = new Map(values)
  }

  string(name: string): string | undefined {
    return this.#values.get(name)
  }

  /** @throws {AwsError} MissingParameter */
  required(name: string): string {
    const value = this.#values.get(name)
    if (value) return value
    throw new AwsError('MissingParameter', `The request must contain the parameter ${name}`)
  }

  integer(name: string): number | undefined {
    const text = this.#values.get(name)
    if (text === undefined) return undefined
    if (!/^\d{1,9}$/.test(text))
      throw new AwsError('ValidationError', `Value '${text}' at '${name}' is no number`)
    return Number(text)
  }

  /** `name.1`, `name.2` and so on. IAM writes `.member` between the two. */
  strings(name: string): string[] {
    return this.#indexes(name).flatMap((index) => this.#values.get(`${name}.${index}`) ?? [])
  }

  /** `name.1.Member`, `name.2.Member` and so on. */
  structures(name: string): QueryInput[] {
    return this.#indexes(name).map((index) => {
      const prefix = `${name}.${index}.`
      const members = [...this.#values].filter(([key]) => key.startsWith(prefix))
      return new QueryInput(members.map(([key, value]) => [key.slice(prefix.length), value] as const))
    })
  }

  #indexes(name: string): number[] {
    const found = new Set<number>()
    for (const key of this.#values.keys()) {
      if (!key.startsWith(`${name}.`)) continue
      const index = Number.parseInt(key.slice(name.length + 1), 10)
      if (Number.isInteger(index)) found.add(index)
    }
    return [...found].sort((left, right) => left - right)
  }
}

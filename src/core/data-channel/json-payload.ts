import type { z } from 'zod'

/** A JSON payload of a known shape, or undefined for anything else: the peer's text is never trusted. */
export function readJson<Schema extends z.ZodType>(
  payload: Uint8Array,
  schema: Schema,
): z.infer<Schema> | undefined {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder().decode(payload))
  } catch {
    return undefined
  }
  const parsed = schema.safeParse(value)
  return parsed.success ? parsed.data : undefined
}

import { parseJsonObject } from './json.ts'

/**
 * The token in the first message of a client, a text message:
 * `{"MessageSchemaVersion":"1.0","RequestId","TokenValue","ClientId","ClientVersion"}`.
 * Undefined when it is not one.
 */
export function readOpenDataChannel(text: string): string | undefined {
  const message = parseJsonObject(text)
  if (message?.MessageSchemaVersion !== '1.0') return undefined
  return typeof message.TokenValue === 'string' ? message.TokenValue : undefined
}

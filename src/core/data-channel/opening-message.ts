import { randomUUID } from 'node:crypto'
import { clientVersion } from './handshake.ts'

/** The first message of a socket, as text; the order of keys is the plugin's. */
export function openDataChannel(tokenValue: string, clientId: string): string {
  return JSON.stringify({
    MessageSchemaVersion: '1.0',
    RequestId: randomUUID(),
    TokenValue: tokenValue,
    ClientId: clientId,
    ClientVersion: clientVersion,
  })
}

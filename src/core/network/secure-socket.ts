import { isIP, type Socket } from 'node:net'
import { connect as connectTls, type SecureContext, type TLSSocket } from 'node:tls'
import type { ConnectionGoal } from './connection-problems.ts'

/** Two round trips and some arithmetic; a server that needs longer is not going to answer. */
const handshakeLimitMilliseconds = 10_000

/** TLS over a connection that stands. The certificate is always checked, whatever the process was told. */
export function secureSocket(
  socket: Socket,
  { host, port }: ConnectionGoal,
  secureContext: SecureContext | undefined,
): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const secured = connectTls({
      socket,
      host,
      // Addresses are no server names (RFC 6066, section 3).
      servername: isIP(host) ? '' : host,
      ALPNProtocols: ['http/1.1'],
      rejectUnauthorized: true,
      ...(secureContext ? { secureContext } : {}),
    })
    const stop = () => {
      clearTimeout(timer)
      secured.off('error', failed)
      secured.off('close', closed)
    }
    const failed = (error: Error) => {
      stop()
      secured.destroy()
      socket.destroy()
      reject(error)
    }
    const closed = () => failed(broken(host, port, 'was closed before it was secure', 'ECONNRESET'))
    const timer = setTimeout(
      () => failed(broken(host, port, 'did not become secure in time', 'ETIMEDOUT')),
      handshakeLimitMilliseconds,
    )
    secured.once('error', failed)
    secured.once('close', closed)
    secured.once('secureConnect', () => {
      stop()
      resolve(secured)
    })
  })
}

function broken(host: string, port: number, what: string, code: string): Error {
  return Object.assign(new Error(`The connection to ${host}:${port} ${what}`), { code })
}

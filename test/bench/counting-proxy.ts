import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** One call to an AWS API that came through. */
export interface CountedCall {
  /** E.g. `ListTasks`. */
  operation: string
  /** Its input, as JSON. */
  input: string
}

/** Passes everything on to AWS as it is, and notes the calls of the JSON protocols. */
export interface CountingProxy extends AsyncDisposable {
  readonly endpoint: string
  readonly calls: readonly CountedCall[]
  /** Answers with status 429. */
  readonly refused: number
}

/** @param target endpoint of the local AWS */
export async function startCountingProxy(target: string): Promise<CountingProxy> {
  const calls: CountedCall[] = []
  let refused = 0
  const server = createServer(async (incoming, outgoing) => {
    const body = await readBody(incoming)
    const operation = operationOf(incoming)
    if (operation !== undefined) calls.push({ operation, input: body.toString() })
    pass(incoming, body, target, outgoing, (status) => {
      if (status === 429) refused += 1
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    get refused() {
      return refused
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** `AmazonEC2ContainerServiceV20141113.ListTasks` is called ListTasks. */
function operationOf({ headers }: IncomingMessage): string | undefined {
  const target = headers['x-amz-target']
  return typeof target === 'string' ? target.split('.').at(-1) : undefined
}

async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** The Host header stays as it was, because it is signed. */
function pass(
  incoming: IncomingMessage,
  body: Buffer,
  target: string,
  outgoing: ServerResponse,
  answered: (status: number) => void,
): void {
  const { method, url, headers } = incoming
  const onward = request(new URL(url ?? '/', target), { method, headers }, (answer) => {
    answered(answer.statusCode ?? 502)
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(outgoing)
  })
  onward.on('error', () => outgoing.destroy())
  onward.end(body)
}

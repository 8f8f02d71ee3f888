import { createBirpc } from 'birpc'
import type { z } from 'zod'
import { type ErrorValue, type Result, toErrorValue } from '../contract/errors.ts'
import type { Channel, ChannelMessage } from './channel.ts'

/** A map of methods or events as in src/contract: what both ends agree on. */
export type MethodMap = Record<string, { params: z.ZodType; result: z.ZodType }>
export type EventMap = Record<string, z.ZodType>

export type HandlersOf<Methods extends MethodMap> = {
  [Name in keyof Methods]: (
    params: z.output<Methods[Name]['params']>,
  ) => Promise<z.output<Methods[Name]['result']>>
}

/** The asking end. */
export interface RpcClient<Methods extends MethodMap, Events extends EventMap> {
  /** Never rejects: a closed channel, a refused message and a failed handler are all `{ ok: false }`. */
  call<Name extends keyof Methods & string>(
    name: Name,
    params: z.input<Methods[Name]['params']>,
  ): Promise<Result<z.output<Methods[Name]['result']>>>
  on<Name extends keyof Events & string>(
    name: Name,
    listener: (payload: z.output<Events[Name]>) => void,
  ): Disposable
}

/** The answering end. Dispose it to stop answering; the channel stays open. */
export interface RpcServer<Events extends EventMap> extends Disposable {
  emit<Name extends keyof Events & string>(name: Name, payload: z.output<Events[Name]>): void
}

type ServerFunctions = { call(name: string, params: unknown): Promise<Result<unknown>> }
type ClientFunctions = { event(name: string, payload: unknown): void }

/**
 * The client of a contract over a channel. Text messages only; bytes on the
 * same channel pass by untouched.
 */
export function createRpcClient<Methods extends MethodMap, Events extends EventMap>(options: {
  channel: Channel
  methods: Methods
  events: Events
  /** Told of messages that break the contract: a bug or a hostile peer. */
  onViolation?: (problem: string) => void
}): RpcClient<Methods, Events> {
  const { channel, methods, events } = options
  const report = options.onViolation ?? (() => {})
  const listeners = new Map<string, Set<(payload: never) => void>>()

  const receiveEvent = (name: string, payload: unknown) => {
    const schema = events[name]
    if (schema === undefined) return report(`Unknown event ${name}`)
    const parsed = schema.safeParse(payload)
    if (!parsed.success) return report(`Event ${name}: ${parsed.error.message}`)
    for (const listener of [...(listeners.get(name) ?? [])]) listener(parsed.data as never)
  }

  const rpc = createBirpc<ServerFunctions, ClientFunctions>({ event: receiveEvent }, carrierOf(channel))
  channel.onClose(() => rpc.$close(new Error('The channel is closed')))

  return {
    async call(name, params) {
      const method = methods[name] as MethodMap[string]
      const request = method.params.safeParse(params)
      if (!request.success) return { ok: false, error: invalidMessage(name, 'request', request.error) }
      // birpc gives nothing at all, not a rejection, for a call on a closed channel.
      const answer = await rpc.call(name, request.data).catch(() => undefined)
      if (answer === undefined) return { ok: false, error: disconnected }
      if (!answer.ok) return answer
      const result = method.result.safeParse(answer.value)
      if (!result.success) return { ok: false, error: invalidMessage(name, 'answer', result.error) }
      return { ok: true, value: result.data as never }
    },
    on(name, listener) {
      const set = listeners.get(name) ?? new Set()
      listeners.set(name, set)
      set.add(listener as (payload: never) => void)
      return { [Symbol.dispose]: () => void set.delete(listener as (payload: never) => void) }
    },
  }
}

/** Answers a contract over a channel with `handlers`, which get checked input only. */
export function serveRpc<Methods extends MethodMap, Events extends EventMap>(options: {
  channel: Channel
  methods: Methods
  events: Events
  handlers: HandlersOf<Methods>
  /** Told of every failure that no person can act on, before its stack is lost at the edge. */
  onFailure?: (method: string, thrown: unknown) => void
}): RpcServer<Events> {
  const { channel, methods, events, handlers } = options
  const onFailure = options.onFailure ?? (() => {})

  const call = async (name: string, params: unknown): Promise<Result<unknown>> => {
    const method = Object.hasOwn(methods, name) ? methods[name] : undefined
    if (method === undefined)
      return {
        ok: false,
        error: { code: 'INVALID_REQUEST', message: `No method ${name}.`, retryable: false },
      }
    const request = method.params.safeParse(params)
    if (!request.success) return { ok: false, error: invalidMessage(name, 'request', request.error) }
    try {
      const value = await handlers[name as keyof Methods](request.data as never)
      return { ok: true, value: method.result.parse(value) }
    } catch (thrown) {
      const error = toErrorValue(thrown)
      if (error.code === 'INTERNAL') onFailure(name, thrown)
      return { ok: false, error }
    }
  }

  const rpc = createBirpc<ClientFunctions, ServerFunctions>({ call }, carrierOf(channel))
  const closing = channel.onClose(() => rpc.$close())
  return {
    emit(name, payload) {
      if (rpc.$closed) return
      const schema = events[name] as z.ZodType
      void rpc.event.asEvent(name, schema.parse(payload))
    },
    [Symbol.dispose]() {
      closing[Symbol.dispose]()
      rpc.$close()
    },
  }
}

/**
 * How birpc uses a channel. No timeout: a call may take as long as AWS does,
 * and a dead peer closes the channel, which ends every pending call.
 */
function carrierOf(channel: Channel) {
  const subscriptions = new Map<unknown, Disposable>()
  return {
    post: (text: string) => channel.post(text),
    on: (listener: (text: string) => void) => {
      const receive = (message: ChannelMessage) => {
        if (typeof message === 'string') listener(message)
      }
      subscriptions.set(listener, channel.onMessage(receive))
    },
    off: (listener: (text: string) => void) => subscriptions.get(listener)?.[Symbol.dispose](),
    serialize: (message: unknown) => JSON.stringify(message),
    deserialize: (text: string) => {
      const message: unknown = JSON.parse(text)
      if (typeof message !== 'object' || message === null) throw new SyntaxError('No RPC message')
      return message
    },
    timeout: -1,
    // A message that is no RPC at all must not take the process down.
    onGeneralError: () => true,
  }
}

function invalidMessage(name: string, part: 'request' | 'answer', error: z.ZodError): ErrorValue {
  const first = error.issues[0]
  const place = first === undefined || first.path.length === 0 ? '' : ` at ${first.path.join('.')}`
  return {
    code: 'INVALID_REQUEST',
    message: `The ${part} of ${name} is not as agreed${place}.`,
    detail: first?.message,
    retryable: false,
  }
}

const disconnected: ErrorValue = {
  code: 'CONNECTION_LOST',
  message: 'The window lost its connection to Porthole.',
  action: 'Wait a moment, or reload the window.',
  retryable: true,
}

import { eventsText } from './chain-check.ts'

/** Nothing signed speaks for the events after the last agreed one either: what is missing need not be the last. */
export function missingEnd(
  { agreed, last, known }: { agreed: number; last: number; known: number },
  who: string,
) {
  const lost = `${eventsText(last + 1, known)} missing: ${who} of them.`
  const doubtful = agreed < last ? ` ${eventsText(agreed + 1, last)} not proven either.` : ''
  return { kind: 'events-missing' as const, message: lost + doubtful, seq: agreed + 1, toSeq: known }
}

export function rewritten(from: number, to: number) {
  const where = from === to ? `Event ${from}` : `An event between ${from} and ${to}`
  const message = `${where} was changed and the chain was computed anew from there: it is not what was signed.`
  return { kind: 'rewritten' as const, message, seq: from, toSeq: to }
}

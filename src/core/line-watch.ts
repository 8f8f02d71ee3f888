import type { NetworkInterfaceInfo } from 'node:os'
import type { Clock } from './clock.ts'

/** How often is looked: a person who opens the lid sees the session come back within this. */
export const lookMilliseconds = 2_000

/** A busy computer is late by less; a longer gap in wall-clock time was sleep. */
const sleepMilliseconds = 10_000

export interface LineWatchOptions {
  clock: Clock
  /** Addresses of this computer, as `os.networkInterfaces` has them. */
  networks: () => NodeJS.Dict<NetworkInterfaceInfo[]>
  /** The computer slept, or is in another network: connections may be dead without knowing it. */
  onChanged: () => void
}

/**
 * Notices sleep by the clock on the wall, which goes on while timers do not,
 * and a change of networks by the computer's addresses.
 */
export function watchLine({ clock, networks, onChanged }: LineWatchOptions): Disposable {
  let wall = clock.now()
  let addresses = addressesOf(networks())
  let timer: Disposable

  const look = () => {
    const now = clock.now()
    const addressesNow = addressesOf(networks())
    const slept = now - wall > lookMilliseconds + sleepMilliseconds
    const moved = addressesNow !== addresses
    wall = now
    addresses = addressesNow
    timer = clock.after(lookMilliseconds, look)
    if (slept || moved) onChanged()
  }
  timer = clock.after(lookMilliseconds, look)
  return { [Symbol.dispose]: () => timer[Symbol.dispose]() }
}

function addressesOf(networks: NodeJS.Dict<NetworkInterfaceInfo[]>): string {
  return Object.entries(networks)
    .flatMap(([name, infos = []]) =>
      infos.filter(({ internal }) => !internal).map(({ address }) => `${name} ${address}`),
    )
    .sort()
    .join('\n')
}

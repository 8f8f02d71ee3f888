import type { Settings } from '../../../contract/host.ts'
import { type ContainerPlace, placeKey } from '../../../contract/place.ts'
import type { ContainerRef } from '../../../contract/session.ts'
import {
  automaticChoice,
  type ContainerSystem,
  type ShellChoice,
  systemOf,
} from '../../../contract/shell-command.ts'
import type { CatalogState } from '../../app/stores/catalog-store.ts'
import { findTask } from '../../app/stores/places.ts'

export const shellWords = {
  bash: 'bash',
  ash: 'ash',
  sh: 'sh',
  powershell: 'PowerShell',
  cmd: 'cmd',
} as const

/** Linux for a task that the catalog does not know: nearly all are. */
export function systemOfContainer(catalog: CatalogState, ref: ContainerRef): ContainerSystem {
  return systemOf(findTask(catalog, ref)?.platformFamily)
}

export function rememberedChoice({ shells }: Pick<Settings, 'shells'>, place: ContainerPlace): ShellChoice {
  return shells[placeKey(place)] ?? automaticChoice
}

/** Keeps a choice for a place; the best shell is what everybody has without one. */
export function withChoice(
  { shells }: Pick<Settings, 'shells'>,
  place: ContainerPlace,
  choice: ShellChoice,
): Pick<Settings, 'shells'> {
  const { [placeKey(place)]: _, ...others } = shells
  return { shells: choice.kind === 'automatic' ? others : { ...others, [placeKey(place)]: choice } }
}

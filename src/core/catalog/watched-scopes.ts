import { type Scope, scopeKey } from '../../contract/identity.ts'
import type { CatalogService } from './catalog-service.ts'

/** The catalog keeps fresh what any window watches; each window is answered for its own scopes. */
export class WatchedScopes {
  readonly #catalog: CatalogService
  readonly #byWindow = new Map<object, Scope[]>()

  constructor(catalog: CatalogService) {
    this.#catalog = catalog
  }

  set(window: object, scopes: Scope[]): ReturnType<CatalogService['watch']> {
    this.#byWindow.set(window, scopes)
    const answer = this.#apply()
    const own = new Set(scopes.map(scopeKey))
    return {
      scopes: answer.scopes.filter(({ scope }) => own.has(scopeKey(scope))),
      clusters: answer.clusters.filter(({ scope }) => own.has(scopeKey(scope))),
    }
  }

  delete(window: object): void {
    if (this.#byWindow.delete(window)) this.#apply()
  }

  #apply(): ReturnType<CatalogService['watch']> {
    const all = new Map([...this.#byWindow.values()].flat().map((scope) => [scopeKey(scope), scope]))
    return this.#catalog.watch([...all.values()])
  }
}

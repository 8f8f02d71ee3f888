/**
 * Browsers without explicit resource management still run the page: every
 * disposable here is called by hand, so the symbols are all that is missing.
 */
for (const name of ['dispose', 'asyncDispose'] as const)
  if (Symbol[name] === undefined) Object.defineProperty(Symbol, name, { value: Symbol(`Symbol.${name}`) })

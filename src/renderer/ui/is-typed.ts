import { displayText } from './display-text.ts'

/**
 * Whether the name was typed. As it is shown counts too: nobody can type what a name hides, and what is
 * shown tells two names apart.
 */
export function isTyped(name: string, typed: string): boolean {
  const text = typed.trim()
  return text !== '' && (text === name.trim() || text === displayText(name).trim())
}

import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { IconButton } from '../../ui/button.tsx'
import { ChevronDownIcon, CloseIcon, SearchIcon } from '../../ui/icons.ts'
import styles from './terminal.module.css'
import type { TerminalInstance } from './terminal-instance.ts'

/** Searches what the terminal still holds, scrollback included. */
export function FindBar({ terminal, onClose }: { terminal: TerminalInstance; onClose: () => void }) {
  const [text, setText] = useState('')
  const [results, setResults] = useState<{ index: number; count: number }>()
  const input = useRef<HTMLInputElement>(null)

  useEffect(() => {
    input.current?.focus()
    const counting = terminal.search.onDidChangeResults(({ resultIndex, resultCount }) =>
      setResults({ index: resultIndex, count: resultCount }),
    )
    return () => {
      counting.dispose()
      terminal.search.clearDecorations()
    }
  }, [terminal])

  const next = () => terminal.search.findNext(text, terminal.searchOptions)
  const previous = () => terminal.search.findPrevious(text, terminal.searchOptions)
  const change = (value: string) => {
    setText(value)
    if (value === '') {
      terminal.search.clearDecorations()
      setResults(undefined)
    } else terminal.search.findNext(value, { ...terminal.searchOptions, incremental: true })
  }
  const press = (event: KeyboardEvent) => {
    if (event.key === 'Escape') onClose()
    else if (event.key === 'Enter') event.shiftKey ? previous() : next()
    else return
    event.preventDefault()
  }

  return (
    <search className={styles.find}>
      <SearchIcon size={13} stroke={1.75} aria-hidden />
      <input
        ref={input}
        value={text}
        placeholder="Find in terminal"
        aria-label="Find in terminal"
        onChange={(event) => change(event.target.value)}
        onKeyDown={press}
      />
      <span className={styles.findCount} role="status">
        {text !== '' && results !== undefined && countText(results)}
      </span>
      <IconButton label="Previous match" onClick={previous}>
        <ChevronDownIcon className={styles.up} size={14} stroke={1.75} aria-hidden />
      </IconButton>
      <IconButton label="Next match" onClick={next}>
        <ChevronDownIcon size={14} stroke={1.75} aria-hidden />
      </IconButton>
      <IconButton label="Close find" onClick={onClose}>
        <CloseIcon size={13} stroke={1.75} aria-hidden />
      </IconButton>
    </search>
  )
}

function countText({ index, count }: { index: number; count: number }): string {
  if (count === 0) return 'None'
  // Past its limit the search addon counts on without an index.
  return index < 0 ? `${count}` : `${index + 1} of ${count}`
}

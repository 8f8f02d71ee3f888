import { useEffect, useState } from 'react'
import { IconButton } from './button.tsx'
import { CheckIcon, CopyIcon } from './icons.ts'

/** How long the check mark answers the click. */
const shownForMilliseconds = 1500

/** Copies a text, or what a function gives at the moment of the click; the check mark is the answer. */
export function CopyButton({ text, label }: { text: string | (() => string); label: string }) {
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), shownForMilliseconds)
    return () => clearTimeout(timer)
  }, [copied])

  return (
    <IconButton
      label={copied ? 'Copied' : label}
      onClick={() => {
        const copy = typeof text === 'string' ? text : text()
        void navigator.clipboard.writeText(copy).then(() => setCopied(true))
      }}
    >
      {copied ? (
        <CheckIcon size={16} stroke={1.6} aria-hidden />
      ) : (
        <CopyIcon size={16} stroke={1.6} aria-hidden />
      )}
    </IconButton>
  )
}

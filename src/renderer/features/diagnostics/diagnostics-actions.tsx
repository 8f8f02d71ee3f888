import { useEffect, useState } from 'react'
import type { Diagnostics } from '../../../contract/diagnostics.ts'
import { Button } from '../../ui/button.tsx'
import { CheckIcon, CopyIcon, RefreshIcon } from '../../ui/icons.ts'

/** How long the button answers the click. */
const shownForMilliseconds = 1500

export function CopyReportButton({ report }: { report: Diagnostics | undefined }) {
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), shownForMilliseconds)
    return () => clearTimeout(timer)
  }, [copied])
  const Icon = copied ? CheckIcon : CopyIcon
  return (
    <Button
      variant="primary"
      disabled={report === undefined}
      onClick={() => void navigator.clipboard.writeText(report?.text ?? '').then(() => setCopied(true))}
    >
      <Icon size={14} stroke={1.75} aria-hidden />
      {copied ? 'Copied' : 'Copy report'}
    </Button>
  )
}

export function LookAgainButton({ busy, onClick }: { busy: boolean; onClick: () => void }) {
  return (
    <Button busy={busy} onClick={onClick}>
      <RefreshIcon size={14} stroke={1.75} aria-hidden />
      Look again
    </Button>
  )
}

import { displayText } from './display-text.ts'

/** A name, message or tag from AWS, shown as plain text that cannot disturb what stands around it. */
export function Name({ text, className }: { text: string; className?: string | undefined }) {
  return <bdi className={className}>{displayText(text)}</bdi>
}

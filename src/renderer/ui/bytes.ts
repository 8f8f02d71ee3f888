/** A size in the unit that keeps it short: "0 bytes", "840 bytes", "14 KB", "1.2 MB". */
export function formatBytes(bytes: number): string {
  if (bytes === 1) return '1 byte'
  if (bytes < 1000) return `${bytes} bytes`
  const units = ['KB', 'MB', 'GB']
  let value = bytes / 1024
  let unit = 0
  // 999.5 would be rounded to four digits.
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1024
    unit += 1
  }
  const rounded = value < 9.95 ? Math.max(0.1, Math.round(value * 10) / 10) : Math.round(value)
  return `${rounded} ${units[unit]}`
}

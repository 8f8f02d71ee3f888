const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

/** How long something has lasted, in the two largest units: "2 d 4 h", "6 h", "12 min", "4 s". */
export function formatDuration(milliseconds: number): string {
  const whole = Math.max(0, milliseconds)
  if (whole < minute) return `${Math.floor(whole / second)} s`
  if (whole < hour) return `${Math.floor(whole / minute)} min`
  if (whole < day) {
    const minutes = Math.floor((whole % hour) / minute)
    const hours = Math.floor(whole / hour)
    // Minutes stop mattering after a few hours.
    return hours < 3 && minutes > 0 ? `${hours} h ${minutes} min` : `${hours} h`
  }
  const hours = Math.floor((whole % day) / hour)
  return hours > 0 ? `${Math.floor(whole / day)} d ${hours} h` : `${Math.floor(whole / day)} d`
}

/** A countdown: "9:42", "0:07". */
export function formatCountdown(milliseconds: number): string {
  const seconds = Math.max(0, Math.ceil(milliseconds / second))
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

/** "14:31", in the person's own time zone. */
export function formatClock(timestamp: number): string {
  const date = new Date(timestamp)
  return `${two(date.getHours())}:${two(date.getMinutes())}`
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** "17 Nov", in the person's own time zone. */
export function formatDay(date: Date): string {
  return `${date.getDate()} ${monthName(date)}`
}

/** "Nov". */
export function monthName(date: Date): string {
  return months[date.getMonth()] ?? ''
}

/** "14:31" today, "17 Nov, 09:40" before, with the year when it is another one. */
export function formatMoment(timestamp: number, now: number): string {
  const date = new Date(timestamp)
  const today = new Date(now)
  if (date.toDateString() === today.toDateString()) return formatClock(timestamp)
  const year = date.getFullYear() === today.getFullYear() ? '' : ` ${date.getFullYear()}`
  return `${formatDay(date)}${year}, ${formatClock(timestamp)}`
}

const zone = new Intl.DateTimeFormat('en', { timeZoneName: 'short' })

/** "17 Nov 2026, 09:40:12 GMT+1": for comparing with what others wrote down elsewhere. */
export function exactMoment(timestamp: number): string {
  const date = new Date(timestamp)
  const name = zone.formatToParts(date).find(({ type }) => type === 'timeZoneName')?.value ?? ''
  const clock = `${formatClock(timestamp)}:${two(date.getSeconds())}`
  return `${formatDay(date)} ${date.getFullYear()}, ${clock} ${name}`.trimEnd()
}

function two(number: number): string {
  return String(number).padStart(2, '0')
}

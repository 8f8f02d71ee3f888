import { userInfo } from 'node:os'

/** Who is logged in to this computer. The system knows no name for some users of containers. */
export function localUserName(): string {
  try {
    return userInfo().username
  } catch {
    return 'unknown'
  }
}

/** Temporary credentials of a role. In memory only, never written to disk by us. */
export interface RoleCredentials {
  accessKeyId: string
  secretAccessKey: string
  /** Absent only for long-term keys from a credentials file. */
  sessionToken?: string
  /** Epoch milliseconds; absent for long-term keys. */
  expiresAt?: number
}

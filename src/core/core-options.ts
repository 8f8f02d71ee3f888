import type { HostInfo } from '../contract/host.ts'
import type { AuditProcess } from './audit/follow-audit.ts'
import type { EnvironmentVariables } from './aws/paths.ts'
import type { SessionHostLink } from './session/session-host-line.ts'

/** What a host tells the core of itself and of the computer. */
export interface CoreOptions {
  version: string
  /** The environment variables in force; nothing in core reads the process's own. */
  environment: EnvironmentVariables
  homeFolder: string
  /** Settings, ledger and recordings. Made when missing. */
  dataFolder: string
  demo: boolean
  /** Where all of AWS is, whatever else is configured. */
  endpointUrl?: string | undefined
  abilities: HostInfo['abilities']
  /** The history, in a thread or a process of its own. */
  audit: AuditProcess
  /** Where sessions run. Nothing is asked of it before the first one is opened. */
  sessionHost: SessionHostLink
  /** AWS's public key for its plugin: resources/session-manager-plugin-key.asc. */
  pluginKeyFile: string
  /** The standalone verifier that goes along with exports: resources/audit-verifier.mjs. */
  verifierFile: string
  /** Where exports wait for a page that fetches them; else what a person is offered who is asked where to. */
  exportFolder: string
  /** For the person who runs the host; never gets secrets or terminal bytes. */
  log: (message: string) => void
}

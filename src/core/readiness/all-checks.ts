import type { Check } from './check.ts'
import { bucketTarget } from './checks/bucket-target.ts'
import { callerPermission } from './checks/caller-permission.ts'
import { clock } from './checks/clock.ts'
import { directSessions } from './checks/direct-sessions.ts'
import { execAgent } from './checks/exec-agent.ts'
import { execEnabled } from './checks/exec-enabled.ts'
import { execLogging } from './checks/exec-logging.ts'
import { initProcess } from './checks/init-process.ts'
import { keyPath } from './checks/key-path.ts'
import { logDelivery } from './checks/log-delivery.ts'
import { logTarget } from './checks/log-target.ts'
import { networkPath } from './checks/network-path.ts'
import { openSessions } from './checks/open-sessions.ts'
import { outboundHttps } from './checks/outbound-https.ts'
import { pidMode } from './checks/pid-mode.ts'
import { platform } from './checks/platform.ts'
import { pluginVersion } from './checks/plugin-version.ts'
import { sessionKey } from './checks/session-key.ts'
import { staticKeys } from './checks/static-keys.ts'
import { taskRole } from './checks/task-role.ts'
import { taskStatus } from './checks/task-status.ts'
import { writableRoot } from './checks/writable-root.ts'

/** In the order of the way into a container; groups stay together. */
export const allChecks: readonly Check[] = [
  clock,
  pluginVersion,
  callerPermission,
  directSessions,
  openSessions,
  taskStatus,
  execEnabled,
  platform,
  pidMode,
  networkPath,
  keyPath,
  outboundHttps,
  taskRole,
  execAgent,
  writableRoot,
  initProcess,
  staticKeys,
  sessionKey,
  execLogging,
  logDelivery,
  logTarget,
  bucketTarget,
]

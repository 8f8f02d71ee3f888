import type { PluginInstall, PluginInstallStep } from '../../../contract/plugin.ts'
import { formatBytes } from '../../ui/bytes.ts'

export type RunningInstall = Extract<PluginInstall, { phase: 'running' }>

/** The download takes nearly all of the time; the rest is a second or two. */
const downloadShare = 0.7

/** How much of an install is done, from 0 to 1; it never goes back. */
export function installFraction({ step, done, receivedBytes, totalBytes }: RunningInstall): number {
  if (step === 'waiting') return 0
  if (step === 'downloading')
    return totalBytes === undefined || totalBytes === 0
      ? 0
      : downloadShare * Math.min(1, receivedBytes / totalBytes)
  const restDone = done.filter((each) => each !== 'waiting' && each !== 'downloading').length
  return downloadShare + ((1 - downloadShare) * restDone) / restSteps
}

/** Verifying, unpacking, trying. */
const restSteps = 3

/** What is being done, and what it says when it is behind. */
export function stepWords(step: PluginInstallStep, install: RunningInstall): { now: string; done: string } {
  const { receivedBytes, totalBytes } = install
  switch (step) {
    case 'waiting':
      return { now: 'Another Porthole installs it', done: '' }
    case 'downloading':
      return {
        now:
          totalBytes === undefined
            ? `${formatBytes(receivedBytes)}`
            : `${formatBytes(receivedBytes)} of ${formatBytes(totalBytes)}`,
        done: formatBytes(receivedBytes),
      }
    case 'verifying':
      return { now: 'Checking the signature', done: 'Signature checked' }
    case 'unpacking':
      return { now: 'Unpacking', done: 'Unpacked' }
    case 'trying':
      return { now: 'Trying it out', done: 'Works' }
  }
}

import type { ComponentType } from 'react'
import type { Activity } from '../../contract/audit.ts'
import {
  ExportIcon,
  FileIcon,
  type IconProps,
  LockIcon,
  LostIcon,
  PauseIcon,
  PlayIcon,
  ReadinessIcon,
  SettingsIcon,
  VerifiedIcon,
} from './icons.ts'

export interface ActivityWords {
  icon: ComponentType<IconProps>
  /** What stands after the person's name. */
  words: string
}

/** What somebody did, where nothing else says to what. */
export const activityWords: Record<Activity, ActivityWords> = {
  'readiness.checked': { icon: ReadinessIcon, words: 'checked whether a shell can open' },
  'exec.enabled': { icon: SettingsIcon, words: 'turned ECS Exec on' },
  'exec.disabled': { icon: SettingsIcon, words: 'turned ECS Exec off' },
  'recording.viewed': { icon: PlayIcon, words: 'looked at a recording' },
  'recording.paused': { icon: PauseIcon, words: 'paused a recording' },
  'recording.resumed': { icon: PlayIcon, words: 'recorded again' },
  'transcript.viewed': { icon: PlayIcon, words: 'looked at a transcript' },
  'audit.exported': { icon: ExportIcon, words: 'exported history' },
  'export.started': { icon: ExportIcon, words: 'began to export history' },
  'export.cancelled': { icon: ExportIcon, words: 'cancelled an export' },
  'export.failed': { icon: ExportIcon, words: 'tried to export history, which failed' },
  'audit.imported': { icon: FileIcon, words: 'imported a CloudTrail file' },
  'audit.verified': { icon: VerifiedIcon, words: 'checked the record' },
  'hold.set': { icon: LockIcon, words: 'put a hold on recordings' },
  'hold.released': { icon: LockIcon, words: 'released a hold' },
  'transcript.shredded': { icon: LostIcon, words: 'had a transcript destroyed that was too old' },
  'cloud.pruned': { icon: LostIcon, words: 'had old events of CloudTrail removed' },
  'retention.changed': { icon: SettingsIcon, words: 'changed how long recordings are kept' },
}

import type { ComponentType } from 'react'
import type { Activity } from '../../../contract/audit.ts'
import {
  ExportIcon,
  type IconProps,
  LockIcon,
  LostIcon,
  PauseIcon,
  PlayIcon,
  ReadinessIcon,
  SettingsIcon,
  VerifiedIcon,
} from '../../ui/icons.ts'

interface ActivityWords {
  icon: ComponentType<IconProps>
  words: string
  /** Where it was about no session in particular. */
  ofTask?: string
}

/** What a row says after the person's name, and the icon before it. */
export const activityWords: Record<Activity, ActivityWords> = {
  'readiness.checked': { icon: ReadinessIcon, words: 'checked whether a shell can open' },
  'exec.enabled': { icon: SettingsIcon, words: 'turned ECS Exec on' },
  'exec.disabled': { icon: SettingsIcon, words: 'turned ECS Exec off' },
  'recording.viewed': { icon: PlayIcon, words: 'looked at a recording' },
  'recording.paused': { icon: PauseIcon, words: 'paused the recording' },
  'recording.resumed': { icon: PlayIcon, words: 'recorded again' },
  'transcript.viewed': { icon: PlayIcon, words: 'looked at a transcript' },
  'audit.exported': { icon: ExportIcon, words: 'exported this history' },
  'export.started': { icon: ExportIcon, words: 'began to export this history' },
  'export.cancelled': { icon: ExportIcon, words: 'cancelled an export of this history' },
  'export.failed': { icon: ExportIcon, words: 'tried to export this history, which failed' },
  'audit.imported': { icon: ExportIcon, words: 'imported events' },
  'audit.verified': { icon: VerifiedIcon, words: 'checked the record' },
  'hold.set': { icon: LockIcon, words: 'put a hold on a recording', ofTask: 'put a hold on all recordings' },
  'hold.released': {
    icon: LockIcon,
    words: 'released the hold on a recording',
    ofTask: 'released the hold on all recordings',
  },
  'transcript.shredded': { icon: LostIcon, words: 'had a transcript destroyed that was too old' },
  'cloud.pruned': { icon: LostIcon, words: 'had old events of CloudTrail removed' },
  'retention.changed': { icon: SettingsIcon, words: 'changed how long recordings are kept' },
}

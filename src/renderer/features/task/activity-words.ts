import type { Activity } from '../../../contract/audit.ts'
import { type ActivityWords, activityWords } from '../../ui/activity-words.ts'

interface TaskActivityWords extends ActivityWords {
  /** Where it was about no session in particular. */
  ofTask?: string
}

const said = (activity: Activity, words: string, ofTask?: string): TaskActivityWords => ({
  ...activityWords[activity],
  words,
  ...(ofTask !== undefined && { ofTask }),
})

/** What a row of a task's history says after the person's name, and the icon before it. */
export const taskActivityWords: Record<Activity, TaskActivityWords> = {
  ...activityWords,
  'recording.paused': said('recording.paused', 'paused the recording'),
  'audit.exported': said('audit.exported', 'exported this history'),
  'export.started': said('export.started', 'began to export this history'),
  'export.cancelled': said('export.cancelled', 'cancelled an export of this history'),
  'export.failed': said('export.failed', 'tried to export this history, which failed'),
  'audit.imported': said('audit.imported', 'imported events'),
  'hold.set': said('hold.set', 'put a hold on a recording', 'put a hold on all recordings'),
  'hold.released': said(
    'hold.released',
    'released the hold on a recording',
    'released the hold on all recordings',
  ),
}

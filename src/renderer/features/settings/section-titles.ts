import type { SettingsSection } from '../../app/stores/interface-store.ts'

/** What the pages of the settings are called. */
export const sectionTitles: Readonly<Record<SettingsSection, string>> = {
  appearance: 'Appearance',
  sessions: 'Sessions',
  audit: 'Audit',
  production: 'Production',
}

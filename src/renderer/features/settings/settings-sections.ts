import type { ComponentType } from 'react'
import type { SettingsSection } from '../../app/stores/interface-store.ts'
import { AppearanceSection } from './appearance-section.tsx'
import { AuditSection } from './audit-section.tsx'
import { ProductionSection } from './production-section.tsx'
import { sectionTitles } from './section-titles.ts'
import { SessionsSection } from './sessions-section.tsx'

/** The pages of the settings, in their order. */
export const settingsSections: {
  id: SettingsSection
  title: string
  Section: ComponentType
}[] = [
  { id: 'appearance', title: sectionTitles.appearance, Section: AppearanceSection },
  { id: 'sessions', title: sectionTitles.sessions, Section: SessionsSection },
  { id: 'audit', title: sectionTitles.audit, Section: AuditSection },
  { id: 'production', title: sectionTitles.production, Section: ProductionSection },
]

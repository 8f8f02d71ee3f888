import type { Settings } from '../../../contract/host.ts'
import { useServiceStore, useServices } from '../../app/services.ts'
import { changeSettings } from '../../app/stores/settings-store.ts'
import { Button } from '../../ui/button.tsx'
import { type Choice, Segments } from '../../ui/field.tsx'
import { Modal, ModalBody, ModalFoot, ModalTitle } from '../../ui/modal.tsx'
import { RetentionSection } from '../integrity/retention-section.tsx'
import { PluginSection } from '../plugin/plugin-section.tsx'
import { ProductionSection } from './production-section.tsx'
import styles from './settings.module.css'

const themes: Choice<Settings['theme']>[] = [
  { value: 'system', label: 'System' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
]

const engines: Choice<Settings['engine']>[] = [
  { value: 'auto', label: 'Automatic' },
  { value: 'built-in', label: 'Built-in' },
  { value: 'plugin', label: 'Plugin' },
]

const engineHelp: Record<Settings['engine'], string> = {
  auto: 'The plugin when a supported one is installed, else built-in.',
  'built-in': 'Porthole’s own client. Needs nothing installed.',
  plugin: 'AWS’s session-manager-plugin. Porthole can install it.',
}

const scrollbacks: Choice<string>[] = ['1000', '5000', '10000', '50000'].map((lines) => ({
  value: lines,
  label: Number(lines).toLocaleString('en'),
}))

/** Measured: a terminal of 120 columns keeps 1,000 lines in about 2.5 MB. */
const megabytesPerThousandLines = 2.5

export default function SettingsDialog({ onClose }: { onClose: () => void }) {
  const { core, settings: store, host } = useServices()
  const settings = useServiceStore('settings', (state) => state.settings)
  const change = (next: Partial<Settings>) => void changeSettings(core, store, next)
  const megabytes = Math.round((settings.scrollback / 1000) * megabytesPerThousandLines)

  return (
    <Modal onClose={onClose} width={520}>
      <ModalBody>
        <ModalTitle>Settings</ModalTitle>
        <div className={styles.rows}>
          <div className={styles.row}>
            <b>Theme</b>
            <Segments
              label="Theme"
              value={settings.theme}
              choices={themes}
              onChange={(theme) => change({ theme })}
            />
          </div>
          <div className={styles.row}>
            <b>
              Engine <span>{engineHelp[settings.engine]}</span>
            </b>
            <Segments
              label="Engine"
              value={settings.engine}
              choices={engines}
              onChange={(engine) => change({ engine })}
            />
          </div>
          <div className={styles.row}>
            <b>
              Terminal text <span>{settings.terminalFontSize} px</span>
            </b>
            <input
              type="range"
              aria-label="Terminal text size"
              min={9}
              max={24}
              step={0.5}
              value={settings.terminalFontSize}
              onChange={(event) => change({ terminalFontSize: Number(event.target.value) })}
            />
          </div>
          <div className={styles.row}>
            <b>
              Lines kept per terminal <span>Up to {megabytes} MB each</span>
            </b>
            <Segments
              label="Lines kept per terminal"
              value={String(settings.scrollback)}
              choices={scrollbacks}
              onChange={(lines) => change({ scrollback: Number(lines) })}
            />
          </div>
          <RetentionSection retention={settings.retention} onChange={change} />
        </div>
        <ProductionSection />
        <PluginSection />
      </ModalBody>
      <ModalFoot start={<span className={styles.version}>Porthole {host.version}</span>}>
        <Button onClick={onClose}>Close</Button>
      </ModalFoot>
    </Modal>
  )
}

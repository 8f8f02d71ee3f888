import { useRunCommand } from '../../app/commands/use-commands.ts'
import { Button } from '../../ui/button.tsx'
import styles from './recording-file.module.css'

/** The way to recordings that the audit does not have, beside those that it has. */
export function RecordingFilesSection() {
  const run = useRunCommand()
  return (
    <section className={styles.files} aria-label="Recording files">
      <h3>Recording files</h3>
      <p>Exports and recordings of asciinema can be watched here. They stay outside the record.</p>
      <Button size="small" onClick={() => run('recordingFile.open')}>
        Open…
      </Button>
    </section>
  )
}

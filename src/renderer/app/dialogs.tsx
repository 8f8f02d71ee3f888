import { useEffect } from 'react'
import { loadedOnDemand } from '../ui/loaded-on-demand.tsx'
import { useServiceStore, useServices } from './services.ts'

const Palette = loadedOnDemand(() => import('../features/palette/palette.tsx'))
const OpenShellDialog = loadedOnDemand(() => import('../features/shells/open-shell-dialog.tsx'))
const ReplaceTaskDialog = loadedOnDemand(() => import('../features/shells/replace-task-dialog.tsx'))
const KeepAliveDialog = loadedOnDemand(() => import('../features/terminal/keep-alive-dialog.tsx'))
const PauseRecordingDialog = loadedOnDemand(() => import('../features/terminal/pause-recording-dialog.tsx'))
const SwitchExecDialog = loadedOnDemand(() => import('../features/readiness/switch-exec-dialog.tsx'))
const EntrantsDialog = loadedOnDemand(() => import('../features/readiness/entrants-dialog.tsx'))
const SettingsDialog = loadedOnDemand(() => import('../features/settings/settings-dialog.tsx'))
const DiagnosticsDialog = loadedOnDemand(() => import('../features/diagnostics/diagnostics-dialog.tsx'))
const ExportDialog = loadedOnDemand(() => import('../features/integrity/export-dialog.tsx'))
const IntegrityDialog = loadedOnDemand(() => import('../features/integrity/integrity-dialog.tsx'))
const ShortcutsDialog = loadedOnDemand(() => import('../features/settings/shortcuts-dialog.tsx'))
const SignOutDialog = loadedOnDemand(() => import('../features/sign-in/sign-out-dialog.tsx'))
const WriteProfileDialog = loadedOnDemand(() => import('../features/sign-in/write-profile-dialog.tsx'))

/** The one thing in front of the workspace, if any. */
export function Dialogs() {
  const { interface: interfaceStore } = useServices()
  const dialog = useServiceStore('interface', (state) => state.dialog)
  const close = () => interfaceStore.setState({ dialog: undefined })
  // Nothing that a key opens may still have to come then: what is typed next belongs to it.
  useEffect(() => {
    for (const dialogs of [Palette, OpenShellDialog, ReplaceTaskDialog, SettingsDialog, ShortcutsDialog])
      dialogs.preload()
  }, [])

  return (
    <>
      {dialog?.kind === 'palette' && (
        // A command of the palette may open another mode of it: that begins anew, without the command's name in it.
        <Palette
          key={JSON.stringify(dialog.mode)}
          mode={dialog.mode}
          initialText={dialog.text}
          onClose={close}
        />
      )}
      {dialog?.kind === 'open-shell' && (
        <OpenShellDialog
          container={dialog.container}
          split={dialog.split}
          inTab={dialog.inTab}
          onClose={close}
        />
      )}
      {dialog?.kind === 'replace-task' && <ReplaceTaskDialog task={dialog.task} onClose={close} />}
      {dialog?.kind === 'keep-alive' && <KeepAliveDialog sessionId={dialog.sessionId} onClose={close} />}
      {dialog?.kind === 'pause-recording' && (
        <PauseRecordingDialog sessionId={dialog.sessionId} onClose={close} />
      )}
      {dialog?.kind === 'switch-exec' && (
        <SwitchExecDialog service={dialog.service} on={dialog.on} onClose={close} />
      )}
      {dialog?.kind === 'entrants' && <EntrantsDialog service={dialog.service} onClose={close} />}
      {dialog?.kind === 'settings' && <SettingsDialog section={dialog.section} onClose={close} />}
      {dialog?.kind === 'diagnostics' && <DiagnosticsDialog onClose={close} />}
      {dialog?.kind === 'export-history' && <ExportDialog selection={dialog.selection} onClose={close} />}
      {dialog?.kind === 'check-record' && <IntegrityDialog onClose={close} />}
      {dialog?.kind === 'shortcuts' && <ShortcutsDialog onClose={close} />}
      {dialog?.kind === 'sign-out-everywhere' && <SignOutDialog onClose={close} />}
      {dialog?.kind === 'write-profile' && <WriteProfileDialog scope={dialog.scope} onClose={close} />}
    </>
  )
}

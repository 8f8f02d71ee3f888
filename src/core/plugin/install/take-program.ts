import type { PluginInstallStep, PluginProof } from '../../../contract/plugin.ts'
import type { OwnPlugins, StagedPlugin } from '../own-plugins.ts'
import type { TrustedKey } from './openpgp-signature.ts'
import { verifyOpenPgpSignature } from './openpgp-signature.ts'
import type { RunProgram } from './run-program.ts'
import { unpackDeb } from './unpack-deb.ts'
import { checkPackageSignature, unpackPkg } from './unpack-pkg.ts'
import { checkAuthenticode, unpackWindowsZip } from './unpack-windows-zip.ts'

/** A downloaded package, and what its check needs. */
export interface DownloadedPackage {
  file: string
  bytes: Uint8Array
  /** Detached, where there is one. */
  signature: Uint8Array | undefined
  key: TrustedKey
  own: OwnPlugins
  staged: StagedPlugin
  runProgram: RunProgram
  systemRoot: string
  signal: AbortSignal
  onStep: (step: PluginInstallStep) => void
}

/**
 * Checks that a package is AWS's and puts its program where it is staged, per
 * way of checking.
 *
 * @throws {PortholeError} PLUGIN_REFUSED, STORAGE_FULL, STORAGE_UNWRITABLE
 * @throws {ArchiveProblem}
 */
export const takeProgram: Record<PluginProof, (downloaded: DownloadedPackage) => Promise<void>> = {
  async openpgp({ bytes, signature, key, staged, onStep }) {
    onStep('verifying')
    await verifyOpenPgpSignature({ bytes, signature: signature ?? new Uint8Array(), key })
    onStep('unpacking')
    // From memory: what is unpacked is what was checked, whatever happens to the file.
    await staged.writeProgram(await unpackDeb(bytes))
  },

  async apple({ file, own, staged, runProgram, signal, onStep }) {
    onStep('verifying')
    await checkPackageSignature(file, runProgram, signal)
    onStep('unpacking')
    await using expanded = await own.stage()
    await staged.writeProgram(await unpackPkg(file, `${expanded.folder}/package`, runProgram, signal))
  },

  async authenticode({ bytes, staged, runProgram, systemRoot, signal, onStep }) {
    onStep('unpacking')
    await staged.writeProgram(await unpackWindowsZip(bytes))
    // The zip has no signature, the program in it has.
    onStep('verifying')
    await checkAuthenticode(staged.program, runProgram, { systemRoot, signal })
  },
}

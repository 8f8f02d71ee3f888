import { chmodSync, globSync, rmSync } from 'node:fs'
import path from 'node:path'
import { flipFuses } from '@electron/fuses'
import { type AfterPackContext, Arch } from 'electron-builder'
import { wantedFuses } from './fuses.ts'

/**
 * Called when Electron's own files lie in the application's folder. An unpacked
 * distribution keeps its sample application, which nobody should ship.
 */
export function afterExtract({ appOutDir }: Pick<AfterPackContext, 'appOutDir'>): void {
  const samples = globSync('{resources,*.app/Contents/Resources}/default_app.asar', { cwd: appOutDir })
  for (const file of [...samples, 'version']) rmSync(path.join(appOutDir, file), { force: true })
}

/**
 * Called when the application's folder is complete and nothing is signed yet:
 * both a fuse and a run bit belong under the signature.
 */
export async function afterPack(context: AfterPackContext): Promise<void> {
  makeHelpersExecutable(context.appOutDir)
  await flipFuses(executableOf(context), {
    ...wantedFuses,
    resetAdHocDarwinSignature: needsAdHocSignature(context),
  })
}

/**
 * An Apple silicon Mac runs nothing whose signature is broken, not even an
 * unsigned build of one's own. Only macOS can sign.
 */
function needsAdHocSignature({ electronPlatformName, arch }: AfterPackContext): boolean {
  return process.platform === 'darwin' && electronPlatformName === 'darwin' && arch === Arch.arm64
}

/** The npm package of node-pty ships its helper without run bits, and macOS starts every terminal through it. */
function makeHelpersExecutable(folder: string): void {
  const helpers = globSync('**/app.asar.unpacked/node_modules/node-pty/**/spawn-helper', { cwd: folder })
  for (const helper of helpers) chmodSync(path.join(folder, helper), 0o755)
}

/** The file, or on macOS the bundle, that holds the fuses. */
function executableOf({ appOutDir, electronPlatformName, packager }: AfterPackContext): string {
  const { productFilename } = packager.appInfo
  if (electronPlatformName === 'darwin') return path.join(appOutDir, `${productFilename}.app`)
  if (electronPlatformName === 'win32') return path.join(appOutDir, `${productFilename}.exe`)
  return path.join(appOutDir, packager.config.linux?.executableName ?? productFilename)
}

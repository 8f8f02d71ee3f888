import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { verifierFile } from './programs.ts'

/** Checks an export with our copy of the verifier: the one in the export may have been changed with it. */
export async function runVerifier(folder: string): Promise<number> {
  const child = spawn(process.execPath, [verifierFile(), folder], { stdio: 'inherit' })
  const [code] = (await once(child, 'exit')) as [number | null]
  return code ?? 1
}

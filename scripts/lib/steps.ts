import { spawn } from 'node:child_process'
import path from 'node:path'
import { modulesFolder, projectFolder, say } from './project.mjs'

export interface Step {
  title: string
  /** Script inside node_modules, run on this Node. */
  script: string
  args: string[]
  environment?: Record<string, string>
}

const typescript = 'typescript/bin/tsc'
const biome = '@biomejs/biome/bin/biome'

/** The checks that read code and run none of it. */
export const steps = {
  typesNode: { title: 'Types, Node side', script: typescript, args: ['-p', 'tsconfig.json'] },
  typesPage: { title: 'Types, page side', script: typescript, args: ['-p', 'tsconfig.page.json'] },
  lint: { title: 'Lint and format', script: biome, args: ['ci', '--colors=off', '.'] },
  format: { title: 'Format', script: biome, args: ['check', '--write', '.'] },
  layers: {
    title: 'Layers',
    script: 'dependency-cruiser/bin/dependency-cruiser.mjs',
    args: ['--config', '.dependency-cruiser.mjs', 'src'],
  },
} satisfies Record<string, Step>

/** The checks in the order of what one wants to hear first. */
const checks = [steps.typesNode, steps.typesPage, steps.lint, steps.layers]

/**
 * Runs all checks side by side: each of them keeps one core busy and no more.
 * @returns for each whether it passed
 */
export function runChecks(): Promise<{ step: Step; passed: boolean }[]> {
  return Promise.all(checks.map(async (step) => ({ step, passed: await runStep(step, 'at its end') })))
}

/**
 * Runs one step with its output on standard error.
 * @param output `at its end` for steps that run beside others: their lines would mix
 * @returns true when it exits with 0
 */
export function runStep(step: Step, output: 'as it comes' | 'at its end' = 'as it comes'): Promise<boolean> {
  const started = performance.now()
  const asItComes = output === 'as it comes'
  if (asItComes) say(`\n── ${step.title}`)
  return new Promise((resolve) => {
    const stream = asItComes ? process.stderr : 'pipe'
    const child = spawn(process.execPath, [path.join(modulesFolder, step.script), ...step.args], {
      cwd: projectFolder,
      env: { ...process.env, ...step.environment },
      stdio: ['ignore', stream, stream],
    })
    const kept: Buffer[] = []
    for (const source of [child.stdout, child.stderr])
      source?.on('data', (chunk: Buffer) => void kept.push(chunk))
    child.on('error', () => resolve(false))
    child.on('close', (code) => {
      if (!asItComes) say(`\n── ${step.title}`)
      process.stderr.write(Buffer.concat(kept))
      say(
        `── ${step.title}: ${code === 0 ? 'passed' : 'FAILED'} in ${((performance.now() - started) / 1000).toFixed(1)} s`,
      )
      resolve(code === 0)
    })
  })
}

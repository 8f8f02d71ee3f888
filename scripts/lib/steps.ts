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

/** Runs one step with its output on standard error; true when it exits with 0. */
export function runStep(step: Step): Promise<boolean> {
  const started = performance.now()
  say(`\n── ${step.title}`)
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [path.join(modulesFolder, step.script), ...step.args], {
      cwd: projectFolder,
      env: { ...process.env, ...step.environment },
      stdio: ['ignore', process.stderr, process.stderr],
    })
    child.on('error', () => resolve(false))
    child.on('exit', (code) => {
      say(
        `── ${step.title}: ${code === 0 ? 'passed' : 'FAILED'} in ${((performance.now() - started) / 1000).toFixed(1)} s`,
      )
      resolve(code === 0)
    })
  })
}

import { runStep, steps } from '../lib/steps.ts'

let passed = true
for (const step of [steps.typesNode, steps.typesPage, steps.lint, steps.layers])
  passed = (await runStep(step)) && passed
process.exitCode = passed ? 0 : 1

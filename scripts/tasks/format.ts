import { runStep, steps } from '../lib/steps.ts'

process.exitCode = (await runStep(steps.format)) ? 0 : 1

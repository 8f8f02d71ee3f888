import { runChecks } from '../lib/steps.ts'

const outcomes = await runChecks()
process.exitCode = outcomes.every(({ passed }) => passed) ? 0 : 1

import { runPorthole } from '../lib/run-porthole.ts'

await runPorthole('demo', ['node', 'renderer'])

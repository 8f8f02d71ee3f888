import { runPorthole } from '../lib/run-porthole.ts'

await runPorthole('start', ['node', 'renderer'])

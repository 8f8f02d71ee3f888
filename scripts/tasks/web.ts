import { runPorthole } from '../lib/run-porthole.ts'

await runPorthole('web', ['node', 'renderer'])

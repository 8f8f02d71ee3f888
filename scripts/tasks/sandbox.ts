import { runPorthole } from '../lib/run-porthole.ts'

await runPorthole('sandbox', ['node'])

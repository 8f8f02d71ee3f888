import { ensureBuilt } from '../lib/build.ts'

await ensureBuilt(['node', 'renderer', 'desktop'])

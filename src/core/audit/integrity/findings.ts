import type { IntegrityFinding } from '../../../contract/integrity.ts'

/** Enough to see what happened; a ledger that was overwritten would have one for every event. */
const keptFindings = 100

/** Gathers what is wrong, in the order in which it is met. */
export class Findings {
  readonly kept: IntegrityFinding[] = []
  count = 0

  add(finding: IntegrityFinding): void {
    this.count += 1
    if (this.kept.length < keptFindings) this.kept.push(finding)
  }
}

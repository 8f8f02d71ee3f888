import { hasShellIntegration } from '../../contract/shell-integration.ts'
import { Name } from './name.tsx'
import { Fact } from './page.tsx'

/** What a session ran. A shell with integration is told by that: its command is a page long. */
export function CommandFact({ command }: { command: string }) {
  if (hasShellIntegration(command)) return <Fact label="Shell integration">On</Fact>
  return (
    <Fact label="Command" mono>
      <Name text={command} />
    </Fact>
  )
}

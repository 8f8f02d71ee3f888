import { Component, type ReactNode } from 'react'
import { Button } from '../../ui/button.tsx'
import { displayText } from '../../ui/display-text.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { AlertIcon } from '../../ui/icons.ts'

/** A document that fails to draw takes nothing else down. */
export class DocumentProblem extends Component<{ children: ReactNode }, { message: string | undefined }> {
  override state: { message: string | undefined } = { message: undefined }

  static getDerivedStateFromError(thrown: unknown) {
    return { message: thrown instanceof Error ? thrown.message : String(thrown) }
  }

  override render() {
    if (this.state.message === undefined) return this.props.children
    return (
      <EmptyState
        icon={AlertIcon}
        title="This tab could not be drawn"
        action={<Button onClick={() => this.setState({ message: undefined })}>Try again</Button>}
      >
        {displayText(this.state.message)}
      </EmptyState>
    )
  }
}

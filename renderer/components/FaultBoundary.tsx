import { Component, type ReactNode } from 'react';
import { toProblem, type Problem } from '../../shared/contract/result';
import { ProblemPanel } from './ProblemPanel';

/** Catches a fault of our own while drawing, so that the window says so instead of going blank. */
export class FaultBoundary extends Component<
  { readonly children: ReactNode },
  { readonly problem: Problem | null }
> {
  override state: { readonly problem: Problem | null } = { problem: null };

  static getDerivedStateFromError(error: unknown): { readonly problem: Problem } {
    return { problem: toProblem(error) };
  }

  override render(): ReactNode {
    const { problem } = this.state;
    if (problem === null) return this.props.children;
    return (
      <main>
        <ProblemPanel problem={problem} onDismiss={() => this.setState({ problem: null })} />
      </main>
    );
  }
}

import { Component, type ReactNode } from 'react';

export interface Failed {
  error: Error;
  onAgain: () => void;
}

interface Props {
  children: ReactNode;
  /** What is shown in place of what failed. */
  shown: (failed: Failed) => ReactNode;
  onCatch: () => void;
}

/** Keeps what fails in one part of the console from taking the rest away. */
export class PartBoundary extends Component<Props, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override componentDidCatch(): void {
    this.props.onCatch();
  }

  override render(): ReactNode {
    const { error } = this.state;
    return error ? this.props.shown({ error, onAgain: () => this.setState({ error: null }) }) : this.props.children;
  }
}

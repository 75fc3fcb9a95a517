import { Component, type ReactNode } from 'react';
import i18next from 'i18next';

/** What is shown when the console itself fails: that it did, and the way back. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (!error) return this.props.children;
    return (
      <main className="state" role="alert">
        <h1>{i18next.t('error.title')}</h1>
        <p className="muted">{error.message}</p>
        <button type="button" className="text-button" onClick={() => location.reload()}>
          {i18next.t('error.reload')}
        </button>
      </main>
    );
  }
}

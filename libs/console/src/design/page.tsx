import { type ReactNode, useEffect } from 'react';

export function usePageTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Muster`;
  }, [title]);
}

/** A screen's head: what it is, and what can be done with all of it. */
export function PageHead({ title, note, children }: { title: string; note?: ReactNode; children?: ReactNode }) {
  usePageTitle(title);
  return (
    <header className="page-head">
      <div className="page-title">
        <h1>{title}</h1>
        {note}
      </div>
      <div className="page-actions">{children}</div>
    </header>
  );
}

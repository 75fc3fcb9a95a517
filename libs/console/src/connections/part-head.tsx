import type { ReactNode } from 'react';
import css from './connections.module.css';

/** What a part is for, and what can be done in it. */
export function PartHead({ help, children }: { help: string; children: ReactNode }) {
  return (
    <div className={css.partHead}>
      <p className="muted">{help}</p>
      {children}
    </div>
  );
}

/** Where the keyboard was before a dialog was opened: a menu's item counts as the button that opened the menu. */
import { useEffect, useState } from 'react';

let last: HTMLElement | null = null;

document.addEventListener('focusin', ({ target }) => {
  if (target instanceof HTMLElement && !target.closest('[role=menu], [role=dialog], dialog')) last = target;
});

/** Gives the focus back when what uses this is gone: else the keyboard would begin at the top of the page. */
export function useFocusBack(): void {
  const [before] = useState(() => last);
  useEffect(
    () => () => {
      if (document.activeElement !== document.body) return;
      const target = before?.isConnected ? before : document.querySelector<HTMLElement>('#screen');
      target?.focus({ preventScroll: true });
    },
    [before],
  );
}

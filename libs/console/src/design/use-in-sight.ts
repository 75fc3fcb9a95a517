import { type RefObject, useEffect, useRef } from 'react';

/** Scrolls a row of tabs, and nothing else, to where the chosen one is seen. */
export function useChosenInSight<Row extends HTMLElement>(chosen: string | undefined): RefObject<Row | null> {
  const row = useRef<Row>(null);
  useEffect(() => {
    const tab = row.current?.querySelector<HTMLElement>('[aria-current]');
    if (!row.current || !tab) return;
    const [outer, inner] = [row.current.getBoundingClientRect(), tab.getBoundingClientRect()];
    if (inner.right > outer.right) row.current.scrollLeft += inner.right - outer.right;
    if (inner.left < outer.left) row.current.scrollLeft -= outer.left - inner.left;
  }, [chosen]);
  return row;
}

const CALM = matchMedia('(prefers-reduced-motion: reduce)');

/** Lets the children of `parent` glide to where `rearrange` puts them, as far as they are in sight. */
export function glide(parent: Element, rearrange: () => void): void {
  if (CALM.matches || document.hidden) return rearrange();
  const before = new Map([...parent.children].map((child) => [child, child.getBoundingClientRect().top]));
  rearrange();
  for (const child of parent.children) {
    const from = before.get(child);
    const to = child.getBoundingClientRect().top;
    if (from === undefined || from === to || !inSight(from, to)) continue;
    child.animate({ transform: [`translateY(${from - to}px)`, 'none'] }, { duration: 350, easing: 'ease-out' });
  }
}

function inSight(...tops: number[]): boolean {
  return tops.some((top) => top > -100 && top < innerHeight);
}

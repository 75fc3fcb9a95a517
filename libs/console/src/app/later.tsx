import { type ComponentType, lazy, useState } from 'react';

type Load = () => Promise<{ default: ComponentType }>;

/** A part of the console that is loaded when it is shown, or before that by `load`. */
export type Later = ComponentType & { load: () => Promise<unknown> };

/**
 * Like `lazy`, and what is loaded already is shown at once: React hides what it had to wait for behind the fallback for
 * 300 ms, even if it came after three.
 */
export function later(load: Load): Later {
  let loaded: ComponentType | null = null;
  const get = async () => {
    const part = await load();
    loaded = part.default;
    return part;
  };
  const Waiting = lazy(get);
  function Part() {
    // Once: another component would begin anew.
    const [Shown] = useState(() => loaded ?? Waiting);
    return <Shown />;
  }
  return Object.assign(Part, { load: get });
}

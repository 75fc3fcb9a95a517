import { type ComponentType, lazy, type ReactNode, useState } from 'react';
import { type Failed, PartBoundary } from './part-boundary.js';
import { DialogFailure, PartFailure, PartMissing } from './part-failure.js';

type Load<Props> = () => Promise<{ default: ComponentType<Props> }>;

/** A part of the console that is loaded when it is shown, or before that by `load`. */
export type Later<Props = object> = ComponentType<Props> & { load: () => Promise<unknown> };

/**
 * Like `lazy`, and what is loaded already is shown at once: React hides what it had to wait for behind the fallback for
 * 300 ms, even if it came after three. What can't be fetched, or fails, says so in its own place and can be tried again.
 */
export function later<Props extends object = object>(
  load: Load<Props>,
  showFailed: (failed: Failed, props: Props) => ReactNode = (failed) => <PartFailure {...failed} />,
): Later<Props> {
  let loaded: ComponentType<Props> | null = null;
  const get = async () => {
    const part = await load().catch((cause: unknown) => {
      throw new PartMissing(String(cause), { cause });
    });
    loaded = part.default;
    return part;
  };
  // React keeps a rejection for good: after a failure there is another to wait for.
  let waiting = lazy(get);
  const renew = (): void => void (waiting = lazy(get));
  function Loaded(props: Props) {
    // Once: another component would begin anew.
    const [Shown] = useState<ComponentType<Props>>(() => loaded ?? waiting);
    return <Shown {...props} />;
  }
  function Part(props: Props) {
    return (
      <PartBoundary onCatch={renew} shown={(failed) => showFailed(failed, props)}>
        <Loaded {...props} />
      </PartBoundary>
    );
  }
  return Object.assign(Part, { load: get });
}

/** A dialog that is loaded when it is opened; what keeps it from opening is said in a dialog, too. */
export function laterDialog<Props extends { onClose: () => void }>(load: Load<Props>): Later<Props> {
  return later(load, (failed, { onClose }) => <DialogFailure {...failed} onClose={onClose} />);
}

// The bundler's loader takes any style sheet in the page for one that has come: one that has not must not stay there.
window.addEventListener(
  'error',
  ({ target }) => {
    if (target instanceof HTMLLinkElement && target.rel === 'stylesheet') target.remove();
  },
  { capture: true },
);

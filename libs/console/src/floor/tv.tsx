import { IconDeviceTv, IconX } from '@tabler/icons-react';
import { useEffect, useEffectEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { IconButton } from '../design/icon-button.js';
import type { FloorQuery } from './floor-query.js';

/** For a screen on the wall: nothing but the floor, all of it at once. Escape ends it. */
export function useTv(isOn: boolean, onEnd: () => void): void {
  const end = useEffectEvent(onEnd);
  useEffect(() => {
    document.documentElement.classList.toggle('tv', isOn);
    if (!isOn) return;
    const key = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') end();
    };
    const awake = keepAwake();
    window.addEventListener('keydown', key);
    return () => {
      window.removeEventListener('keydown', key);
      document.documentElement.classList.remove('tv');
      void awake.then((lock) => lock?.release());
      if (document.fullscreenElement) void document.exitFullscreen();
    };
  }, [isOn]);
}

export function TvButton({ isOn, choose }: { isOn: boolean; choose: (change: Partial<FloorQuery>) => void }) {
  const { t } = useTranslation();
  const turn = (): void => {
    if (!isOn) document.documentElement.requestFullscreen?.().catch(() => undefined);
    choose({ tv: !isOn });
  };
  return (
    <IconButton label={t(isOn ? 'floor.tvOff' : 'floor.tvOn')} onClick={turn}>
      {isOn ? <IconX size={17} /> : <IconDeviceTv size={17} />}
    </IconButton>
  );
}

/** Where the browser can: a screen on the wall must not go dark. */
async function keepAwake(): Promise<WakeLockSentinel | null> {
  return 'wakeLock' in navigator ? navigator.wakeLock.request('screen').catch(() => null) : null;
}

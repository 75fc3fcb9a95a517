/** Times and numbers as the console's language writes them. */
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

type Write<T> = (value: T) => string;

function useFormat(options: Intl.DateTimeFormatOptions): Write<string | null> {
  const { i18n } = useTranslation();
  const { language } = i18n;
  return useMemo(() => {
    // The digits 0 to 9 in all languages: numbers are compared at a glance, and the canvas has no others.
    const format = new Intl.DateTimeFormat(`${language}-u-nu-latn`, options);
    return (time) => (time === null ? '—' : format.format(new Date(time)));
  }, [language, options]);
}

const TIME = { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false } as const;
const DAY = { year: 'numeric', month: 'short', day: 'numeric' } as const;
const MOMENT = { ...DAY, hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false } as const;

/** `10:15:30` */
export function useTime(): Write<string | null> {
  return useFormat(TIME);
}

/** `Nov 23, 2026` */
export function useDay(): Write<string | null> {
  return useFormat(DAY);
}

/** Day and time. */
export function useMoment(): Write<string | null> {
  return useFormat(MOMENT);
}

/** `12,345` */
export function useNumber(): Write<number> {
  const { i18n } = useTranslation();
  return useMemo(() => {
    const format = new Intl.NumberFormat(`${i18n.language}-u-nu-latn`);
    return (value) => format.format(value);
  }, [i18n.language]);
}

const PERCENT = { style: 'percent', maximumFractionDigits: 0 } as const;
const DECIMAL = { minimumFractionDigits: 1, maximumFractionDigits: 1 } as const;

/** `42%`; a dash where there was nothing to divide by. */
export function usePercent(): Write<number | null> {
  return useShare(PERCENT);
}

/** `1.4`; a dash where there was nothing to divide by. */
export function useDecimal(): Write<number | null> {
  return useShare(DECIMAL);
}

function useShare(options: Intl.NumberFormatOptions): Write<number | null> {
  const { i18n } = useTranslation();
  const { language } = i18n;
  return useMemo(() => {
    const format = new Intl.NumberFormat(`${language}-u-nu-latn`, options);
    return (value) => (value === null ? '—' : format.format(value));
  }, [language, options]);
}

const CLOCK = { hour: '2-digit', minute: '2-digit', hour12: false } as const;
const DATE = { month: 'short', day: 'numeric' } as const;
const DAY_MS = 86_400_000;

/** Times along an axis: the clock, and the day where one begins or where they are days apart. */
export function useAxisTime(): (times: readonly number[]) => string[] {
  const clock = useFormat(CLOCK);
  const date = useFormat(DATE);
  return useMemo(
    () => (times) => {
      const areDays = (times[1] ?? 0) - (times[0] ?? 0) >= DAY_MS;
      return times.map((time) => {
        const at = new Date(time);
        const isMidnight = at.getHours() === 0 && at.getMinutes() === 0;
        return (areDays || isMidnight ? date : clock)(at.toISOString());
      });
    },
    [clock, date],
  );
}

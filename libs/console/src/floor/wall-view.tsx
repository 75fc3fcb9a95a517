import { useEffect, useEffectEvent, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { findRoster, type LiveRoster, type RosterView } from '#client';
import { Empty } from '../design/states.js';
import { useNumber } from '../design/format.js';
import { directionOf } from '../i18n/languages.js';
import type { FloorQuery } from './floor-query.js';
import { Wall } from './wall.js';
import css from './floor.module.css';

interface Props {
  roster: LiveRoster;
  view: RosterView;
  query: FloorQuery;
  selected: string | null;
  isFrozen: boolean;
  alarmed: ReadonlySet<string>;
  onSelect: (id: string | null) => void;
  onHold: (held: boolean) => void;
}

/** The canvas wall with its keyboard; it draws itself. */
export function WallView({ roster, view, query, selected, isFrozen, alarmed, onSelect, onHold }: Props) {
  const { t, i18n } = useTranslation();
  const number = useNumber();
  const area = useRef<HTMLDivElement>(null);
  const spacer = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const wall = useRef<Wall>(null);
  const select = useEffectEvent(onSelect);
  const hold = useEffectEvent(onHold);

  useEffect(() => {
    if (!area.current || !spacer.current || !canvas.current) return;
    const events = { select: (id: string | null) => select(id), hold: (held: boolean) => hold(held) };
    const made = new Wall(area.current, spacer.current, canvas.current, roster, events);
    wall.current = made;
    return () => made.end();
  }, [roster]);

  useEffect(() => {
    wall.current?.update({
      query,
      selected,
      isFrozen,
      alarmed,
      isRtl: directionOf(i18n.language) === 'rtl',
      words: {
        fiveMinutes: (count) => t('floor.inFiveMinutes', { count, number: number(count) }),
        waiting: (count, age) => t('floor.waitingSince', { count, age }),
        inactive: t('lifecycle.inactive'),
      },
    });
  }, [roster, query, selected, isFrozen, alarmed, i18n.language, t, number]);

  const isEmpty = findRoster(view, query).length === 0;
  return (
    <div
      className={css.wall}
      ref={area}
      tabIndex={0}
      role="group"
      aria-label={t('floor.wall')}
      aria-describedby="wall-help"
      data-testid="wall"
    >
      <p id="wall-help" className="sr">
        {t('floor.wallHelp')}
      </p>
      <div ref={spacer} className={css.spacer}>
        <canvas ref={canvas} className={css.canvas} aria-hidden="true" />
      </div>
      {isEmpty && (
        <div className={css.nobody}>
          <Empty title={t(view.rows.size === 0 ? 'floor.noAgents' : 'floor.nobody')}>
            {t(view.rows.size === 0 ? 'floor.noAgentsHelp' : 'floor.nobodyHelp')}
          </Empty>
        </div>
      )}
    </div>
  );
}

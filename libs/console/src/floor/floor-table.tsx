import { memo, useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { listRoster, type RosterQuery, type RosterRow, type RosterView, teamName } from '#client';

/** So many are listed: more is for the search. */
const MOST = 200;
/** Read aloud, a table that changes under one's ears is of no use. */
const EVERY_MS = 5_000;

/** The wall as a table, for those who don't see the canvas. */
export function FloorTable({ view, query }: { view: RosterView; query: RosterQuery }) {
  const { t } = useTranslation();
  const [shown, setShown] = useState(view);
  useEffect(() => {
    setShown((now) =>
      Date.parse(view.asOf) - Date.parse(now.asOf) >= EVERY_MS || now.epoch !== view.epoch ? view : now,
    );
  }, [view]);
  const rows = useMemo(() => listRoster(shown, query), [shown, query]);
  return (
    <div className="sr">
      <table>
        <caption>{t('floor.tableCaption', { shown: Math.min(MOST, rows.length), total: rows.length })}</caption>
        <thead>
          <tr>
            {(['agent', 'team', 'presence', 'density', 'load', 'waiting'] as const).map((column) => (
              <th key={column} scope="col">
                {t(`floor.columns.${column}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, MOST).map((row) => (
            <TableRow key={row.id} row={row} team={teamName(shown, row.teamId)} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

const TableRow = memo(function TableRow({ row, team }: { row: RosterRow; team: string }) {
  const { t } = useTranslation();
  return (
    <tr>
      <th scope="row">{row.name}</th>
      <td>{team}</td>
      <td>{t(`presence.${row.presence.state}`)}</td>
      <td>{row.density.m5}</td>
      <td>
        {row.load.open}/{row.load.capacity}
      </td>
      <td>{row.waiting.count}</td>
    </tr>
  );
});

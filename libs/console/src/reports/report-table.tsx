import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { ReportSubject } from '#client';
import { useMay } from '../session/use-me.js';
import { BY_NAME, orderBy, ordered, type ReportOrder } from './report-order.js';
import css from './reports.module.css';

export interface Column<Row> {
  label: string;
  /** What it means, where the name alone doesn't say. */
  help?: string;
  cell: (row: Row) => ReactNode;
  /** The figure that rows can be sorted by. */
  figure?: (row: Row) => number | null;
  isText?: boolean;
}

interface Props<Row> {
  label: string;
  rows: readonly Row[];
  columns: readonly Column<Row>[];
  /** Null: these are all. */
  onMore: (() => void) | null;
}

/** Rows about agents or teams. */
export function ReportTable<Row extends ReportSubject>({ label, rows, columns, onMore }: Props<Row>) {
  const { t } = useTranslation();
  const [order, setOrder] = useState(BY_NAME);
  const figures = columns.map(({ figure }) => figure);
  const isByTeam = rows[0]?.agent === null;
  const sort = (by: ReportOrder['by']): void => setOrder((now) => orderBy(now, by));
  if (rows.length === 0) return <p className="muted">{t('reports.none')}</p>;
  return (
    <>
      <div className={css.wide} tabIndex={0} role="group" aria-label={label}>
        <table className={css.table}>
          <thead>
            <tr>
              <th scope="col" aria-sort={sortOf(order, 'name')}>
                <Sorter by="name" order={order} onSort={sort}>
                  {t(isByTeam ? 'reports.team' : 'reports.agent')}
                </Sorter>
              </th>
              {columns.map(({ label: name, help, isText, figure }, place) => (
                <th
                  key={name}
                  scope="col"
                  title={help}
                  className={isText ? undefined : 'num'}
                  aria-sort={figure && sortOf(order, place)}
                >
                  {figure ? (
                    <Sorter by={place} order={order} onSort={sort}>
                      {name}
                    </Sorter>
                  ) : (
                    name
                  )}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {ordered(rows, order, figures).map((row) => (
              <tr key={(row.agent ?? row.team).id}>
                <th scope="row">
                  <Subject row={row} />
                </th>
                {columns.map(({ label: name, cell, isText }) => (
                  <td key={name} className={isText ? undefined : 'num'}>
                    {cell(row)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {onMore && (
        <button type="button" className="text-button" onClick={onMore}>
          {t('more')}
        </button>
      )}
    </>
  );
}

interface SorterProps {
  by: ReportOrder['by'];
  order: ReportOrder;
  onSort: (by: ReportOrder['by']) => void;
  children: ReactNode;
}

function Sorter({ by, order, onSort, children }: SorterProps) {
  return (
    <button type="button" className={css.sorter} onClick={() => onSort(by)}>
      {children}
      <span aria-hidden="true">{order.by === by ? (order.isDescending ? '↓' : '↑') : ''}</span>
    </button>
  );
}

function sortOf(order: ReportOrder, by: ReportOrder['by']): 'ascending' | 'descending' | undefined {
  if (order.by !== by) return undefined;
  return order.isDescending ? 'descending' : 'ascending';
}

function Subject({ row: { agent, team } }: { row: ReportSubject }) {
  const mayOpen = useMay('agents.read', 'agents.manage');
  if (!agent) return team.name;
  return (
    <span className={css.subject}>
      {mayOpen ? (
        <Link to={`/agents/${agent.id}`} dir="auto">
          {agent.name}
        </Link>
      ) : (
        <b dir="auto">{agent.name}</b>
      )}
      <span className="muted">{team.name}</span>
    </span>
  );
}

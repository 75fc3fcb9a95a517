import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { ReportSubject } from '#client';
import { useMay } from '../session/use-me.js';
import css from './reports.module.css';

export interface Column<Row> {
  label: string;
  /** What it means, where the name alone doesn't say. */
  help?: string;
  cell: (row: Row) => ReactNode;
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
  const isByTeam = rows[0]?.agent === null;
  if (rows.length === 0) return <p className="muted">{t('reports.none')}</p>;
  return (
    <>
      <div className={css.wide} tabIndex={0} role="group" aria-label={label}>
        <table className={css.table}>
          <thead>
            <tr>
              <th scope="col">{t(isByTeam ? 'reports.team' : 'reports.agent')}</th>
              {columns.map(({ label: name, help, isText }) => (
                <th key={name} scope="col" title={help} className={isText ? undefined : 'num'}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
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

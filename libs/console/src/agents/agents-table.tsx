/** The list of agents: as long as one scrolls, of which only what is in sight exists. */
import { createColumnHelper, rowSelectionFeature, tableFeatures, useTable } from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useEffectEvent, useLayoutEffect, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'react-router';
import type { AgentView } from '#client';
import {
  ActionsCell,
  AgentCell,
  CheckCell,
  CreatedCell,
  LoadCell,
  PresenceCell,
  SyncCell,
  TeamCell,
} from './agent-cells.js';
import { ActiveToggle, HidePhoneToggle } from './agent-toggles.js';
import type { AgentTask } from './agents-page.js';
import { type AgentSort, type AgentsQuery, sortBy } from './agents-query.js';
import css from './agents.module.css';

interface Props {
  agents: AgentView[];
  query: AgentsQuery;
  choose: (change: Partial<AgentsQuery>) => void;
  selected: ReadonlySet<string>;
  onSelect: (ids: ReadonlySet<string>) => void;
  onTask: (task: AgentTask) => void;
  mayManage: boolean;
  hasMore: boolean;
  /** What is shown is of the question before. */
  isOld: boolean;
  onMore: () => void;
}

const features = tableFeatures({ rowSelectionFeature });
const helper = createColumnHelper<typeof features, AgentView>();
/** Rows from the end at which the next page is asked for. */
const AHEAD = 30;
const ROW_HEIGHT = 56;
/** How far the list was scrolled at each place of the browser's history: who comes back goes on there. */
const scrolledTo = new Map<string, number>();

const COLUMNS = [
  'select',
  'name',
  'team',
  'presence',
  'load',
  'hidePhone',
  'active',
  'sync',
  'created',
  'actions',
] as const;
type Column = (typeof COLUMNS)[number];
const SORTS: Partial<Record<Column, AgentSort>> = {
  name: 'name',
  team: 'team',
  presence: 'presence',
  active: 'status',
  created: 'createdAt',
};

export function AgentsTable({
  agents,
  query,
  choose,
  selected,
  onSelect,
  onTask,
  mayManage,
  hasMore,
  isOld,
  onMore,
}: Props) {
  const { t } = useTranslation();
  const columns = useColumns(mayManage, onTask);
  const rowSelection = useMemo(() => Object.fromEntries([...selected].map((id) => [id, true as const])), [selected]);
  const table = useTable({
    features,
    columns,
    data: agents,
    getRowId: (agent) => agent.id,
    state: { rowSelection },
    onRowSelectionChange: (update) => {
      const next = typeof update === 'function' ? update(rowSelection) : update;
      onSelect(new Set(Object.keys(next).filter((id) => next[id])));
    },
  });
  const { rows } = table.getRowModel();
  const area = useRef<HTMLDivElement>(null);
  const { key: place } = useLocation();
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => area.current,
    estimateSize: () => ROW_HEIGHT,
    measureElement: (element) => element.getBoundingClientRect().height,
    overscan: 8,
    initialOffset: () => scrolledTo.get(place) ?? 0,
  });
  useLayoutEffect(() => {
    const scrolled = area.current;
    return () => void (scrolled && scrolledTo.set(place, scrolled.scrollTop));
  }, [place]);
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  const more = useEffectEvent(onMore);
  useEffect(() => {
    if (hasMore && last >= rows.length - AHEAD) more();
  }, [hasMore, last, rows.length]);

  return (
    <div
      className={css.table}
      ref={area}
      role="table"
      aria-label={t('nav.agents')}
      aria-rowcount={hasMore ? -1 : rows.length + 1}
      tabIndex={0}
      data-old={isOld}
      data-may-manage={mayManage}
    >
      <div role="rowgroup" className={css.tableHead}>
        <div role="row" className={css.row} aria-rowindex={1}>
          {table.getHeaderGroups()[0]?.headers.map(({ id }) => (
            <Head key={id} column={id as Column} query={query} choose={choose}>
              {id === 'select' && mayManage && (
                <input
                  type="checkbox"
                  aria-label={t('agents.selectAll')}
                  checked={table.getIsAllRowsSelected()}
                  onChange={table.getToggleAllRowsSelectedHandler()}
                />
              )}
            </Head>
          ))}
        </div>
      </div>
      <div role="rowgroup" className={css.tableBody} style={{ height: virtual.getTotalSize() }}>
        {items.map(({ index, start, key }) => {
          const row = rows[index];
          if (!row) return null;
          return (
            <div
              key={key}
              role="row"
              ref={virtual.measureElement}
              data-index={index}
              aria-rowindex={index + 2}
              className={css.row}
              aria-selected={row.getIsSelected()}
              data-status={row.original.status}
              style={{ transform: `translateY(${start}px)` }}
            >
              {row.getAllCells().map((cell) => (
                <div
                  key={cell.id}
                  role={cell.column.id === 'name' ? 'rowheader' : 'cell'}
                  className={css[cell.column.id]}
                >
                  {cell.column.id === 'select' ? (
                    mayManage && (
                      <CheckCell
                        name={row.original.name}
                        checked={row.getIsSelected()}
                        onChange={row.getToggleSelectedHandler()}
                      />
                    )
                  ) : (
                    <table.FlexRender cell={cell} />
                  )}
                </div>
              ))}
            </div>
          );
        })}
      </div>
    </div>
  );
}

function Head({
  column,
  query,
  choose,
  children,
}: Pick<Props, 'query' | 'choose'> & { column: Column; children?: React.ReactNode }) {
  const { t } = useTranslation();
  const sort = SORTS[column];
  const isSorted = sort === query.sort;
  const text =
    column === 'select' ? <span className="sr">{t('agents.columns.select')}</span> : t(`agents.columns.${column}`);
  return (
    <div
      role="columnheader"
      className={`label ${css[column] ?? ''}`}
      aria-sort={isSorted ? (query.isDescending ? 'descending' : 'ascending') : undefined}
    >
      {children}
      {sort ? (
        <button type="button" className={css.sorter} onClick={() => choose(sortBy(query, sort))}>
          {text}
          <span aria-hidden="true">{isSorted ? (query.isDescending ? '↓' : '↑') : ''}</span>
        </button>
      ) : children ? null : (
        text
      )}
    </div>
  );
}

function useColumns(mayManage: boolean, onTask: (task: AgentTask) => void) {
  return useMemo(() => {
    return helper.columns([
      helper.display({ id: 'select' }),
      helper.display({ id: 'name', cell: ({ row }) => <AgentCell agent={row.original} /> }),
      helper.display({ id: 'team', cell: ({ row }) => <TeamCell agent={row.original} /> }),
      helper.display({ id: 'presence', cell: ({ row }) => <PresenceCell agent={row.original} /> }),
      helper.display({ id: 'load', cell: ({ row }) => <LoadCell agent={row.original} /> }),
      helper.display({
        id: 'hidePhone',
        cell: ({ row: { original: agent } }) => (
          <HidePhoneToggle agent={agent} disabled={!mayManage} onAsk={() => onTask({ kind: 'hidePhone', agent })} />
        ),
      }),
      helper.display({
        id: 'active',
        cell: ({ row: { original: agent } }) => (
          <ActiveToggle agent={agent} disabled={!mayManage} onAsk={() => onTask({ kind: 'offboard', agent })} />
        ),
      }),
      helper.display({ id: 'sync', cell: ({ row }) => <SyncCell agent={row.original} /> }),
      helper.display({ id: 'created', cell: ({ row }) => <CreatedCell agent={row.original} /> }),
      helper.display({
        id: 'actions',
        cell: ({ row }) => mayManage && <ActionsCell agent={row.original} onTask={onTask} />,
      }),
    ]);
  }, [mayManage, onTask]);
}

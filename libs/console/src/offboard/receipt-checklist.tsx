import { IconCheck, IconClock } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Receipt, ReceiptNode } from '#client';
import { isProven, linesOf, msOf, RECEIPT_COUNTS } from './receipt-lines.js';
import css from './receipt.module.css';

/** What was taken away, and how each node obeyed. Null: it is being done. */
export function ReceiptChecklist({ receipt }: { receipt: Receipt | null }) {
  const { t } = useTranslation();
  const isDone = receipt !== null && isProven(receipt);
  return (
    <section
      className={css.receipt}
      aria-live="polite"
      aria-busy={receipt === null}
      data-enforcement={receipt?.enforcement ?? 'sent'}
    >
      <p className={css.verdict} data-done={isDone}>
        <b>{t(receipt === null ? 'receipt.sent' : isDone ? 'receipt.complete' : 'receipt.pending')}</b>
        {receipt && <span className={`ltr ${css.total}`}>{msOf(receipt.elapsedMs)} ms</span>}
      </p>
      <ul className={css.lines}>
        {receipt
          ? linesOf(receipt).map(({ key, count }) => (
              <Line key={key} isDone={true}>
                {t(`receipt.${key}`, { count })}
              </Line>
            ))
          : RECEIPT_COUNTS.map((key) => (
              <Line key={key} isDone={false}>
                {t(`receipt.${key}Wait`)}
              </Line>
            ))}
      </ul>
      {receipt && receipt.nodes.length > 0 && <Nodes nodes={receipt.nodes} />}
      {receipt?.revision !== null && receipt !== null && (
        <p className="muted">{t('receipt.revision', { revision: receipt.revision })}</p>
      )}
    </section>
  );
}

function Line({ isDone, children }: { isDone: boolean; children: ReactNode }) {
  const Icon = isDone ? IconCheck : IconClock;
  return (
    <li data-done={isDone}>
      <Icon size={16} stroke={2.2} aria-hidden="true" />
      {children}
    </li>
  );
}

function Nodes({ nodes }: { nodes: ReceiptNode[] }) {
  const { t } = useTranslation();
  const slowest = Math.max(...nodes.map(({ ms }) => ms), 1);
  return (
    <table className={css.nodes}>
      <thead>
        <tr className="label">
          <th scope="col">{t('receipt.node')}</th>
          <th scope="col">{t('receipt.outcome')}</th>
          <th scope="col">{t('receipt.closed')}</th>
          <th scope="col" aria-label={t('receipt.duration')} />
          <th scope="col">ms</th>
        </tr>
      </thead>
      <tbody>
        {nodes.map(({ node, outcome, sockets, ms }) => (
          <tr key={node} data-outcome={outcome}>
            <th scope="row" className="mono">
              {node}
            </th>
            <td>{t(`receipt.outcomes.${outcome}`)}</td>
            <td>{sockets}</td>
            <td className={css.bar}>
              <i style={{ width: `${Math.max(2, (ms / slowest) * 100)}%` }} />
            </td>
            <td className="num">{msOf(ms)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** What is wrong on the floor right now, what was, and the limits that say so. */
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { AlertView } from '#client';
import { useMoment } from '../design/format.js';
import { PageHead } from '../design/page.js';
import { Empty, Failure, Loading } from '../design/states.js';
import { StatusPill } from '../live/freshness.js';
import { useOpenAlerts } from '../live/live-dashboard.js';
import { explain } from '../session/problem-text.js';
import { muster } from '../session/session.js';
import { useMay } from '../session/use-me.js';
import { Thresholds } from './thresholds.js';
import { useConditionText } from './condition-text.js';
import css from './alerts.module.css';

export default function AlertsPage() {
  const { t } = useTranslation();
  const maySet = useMay('settings.manage');
  const { status, alerts } = useOpenAlerts();
  const open = [...alerts.values()].sort((a, b) => (a.raisedAt < b.raisedAt ? 1 : -1));
  return (
    <>
      <PageHead title={t('nav.alerts')} note={<StatusPill status={status} />} />
      <div className={css.columns}>
        <div className={css.column}>
          <section className={`card ${css.part}`} aria-live="polite" data-testid="open-alerts">
            <div className={css.head}>
              <h2>{t('alerts.open')}</h2>
            </div>
            {status === 'connecting' ? <Loading /> : open.length === 0 && <Empty title={t('alerts.calm')} />}
            <AlertList alerts={open} />
          </section>
          <Past key={open.length} />
        </div>
        {maySet && <Thresholds />}
      </div>
    </>
  );
}

/** Alerts that are over; read again whenever one was raised or cleared. */
function Past() {
  const { t } = useTranslation();
  const { data, error, refetch } = useQuery({
    queryKey: ['alerts', 'past'],
    queryFn: () => muster.alerts.list({ open: false, limit: 50 }),
    staleTime: 0,
  });
  if (error) return <Failure title={t('error.load')} detail={explain(error)} onRetry={() => void refetch()} />;
  if (!data || data.data.length === 0) return null;
  return (
    <section className={`card ${css.part}`}>
      <h2>{t('alerts.past')}</h2>
      <AlertList alerts={data.data} />
    </section>
  );
}

function AlertList({ alerts }: { alerts: AlertView[] }) {
  const { t } = useTranslation();
  const moment = useMoment();
  const condition = useConditionText();
  return (
    <ul className={css.alerts}>
      {alerts.map((alert) => (
        <li key={alert.id} data-open={alert.clearedAt === null}>
          <div>
            <b>{alert.name}</b> {alert.agent && <Link to={`/agents/${alert.agent.id}`}>{alert.agent.name}</Link>}
            <span className="muted"> {alert.team?.name ?? t('alerts.everywhere')}</span>
          </div>
          <p className="muted">
            {condition(alert.condition)} · {t('alerts.was', { value: alert.value })}
          </p>
          <time className="muted" dateTime={alert.raisedAt}>
            {moment(alert.raisedAt)}
            {alert.clearedAt && <> – {moment(alert.clearedAt)}</>}
          </time>
        </li>
      ))}
    </ul>
  );
}

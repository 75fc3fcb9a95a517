import { useTranslation } from 'react-i18next';
import css from './connections.module.css';

/** The way to the board of the queues, which is a page of its own with a login of its own. */
export function Queues() {
  const { t } = useTranslation();
  return (
    <section className={`card ${css.queues}`}>
      <p>{t('connections.queues')}</p>
      <p className="muted">{t('connections.queuesSignIn')}</p>
      <a href="/queues" target="_blank" rel="noreferrer">
        {t('connections.queuesOpen')}
      </a>
    </section>
  );
}

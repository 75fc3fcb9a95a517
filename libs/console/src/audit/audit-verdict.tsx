import { Progress } from '@mantine/core';
import { IconShieldCheck, IconShieldX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { AuditVerification } from '#client';
import { useNumber } from '../design/format.js';
import { Failure } from '../design/states.js';
import { explain } from '../session/problem-text.js';
import type { Verification } from './use-verification.js';
import css from './audit.module.css';

/** What verifying found, or how far it is. */
export function AuditVerdict({ check }: { check: Verification }) {
  const { t } = useTranslation();
  const number = useNumber();
  const { isPending, error, progress, verdict } = check;
  if (isPending) {
    if (!progress) return null;
    const [done, all] = [progress.head.seq, progress.newest];
    return (
      <div className={`card ${css.verdict}`} role="status">
        <div>
          <p>{t('audit.checking', { done: number(done), all: number(all) })}</p>
          <Progress value={(100 * done) / all} aria-hidden="true" />
        </div>
      </div>
    );
  }
  if (error) return <Failure title={t('error.failed')} detail={explain(error)} onRetry={() => check.mutate()} />;
  if (!verdict) return null;
  return verdict.broken ? <Broken head={verdict.head} broken={verdict.broken} /> : <Intact head={verdict.head} />;
}

function Intact({ head: { seq, hash } }: Pick<AuditVerification, 'head'>) {
  const { t } = useTranslation();
  return (
    <div className={`card ${css.verdict}`} role="status" data-intact="true">
      <IconShieldCheck size={22} aria-hidden="true" />
      <div>
        <p>{t('audit.intact', { count: seq })}</p>
        <code className="ltr">{hash}</code>
      </div>
    </div>
  );
}

function Broken({
  head,
  broken,
}: {
  head: AuditVerification['head'];
  broken: NonNullable<AuditVerification['broken']>;
}) {
  const { t } = useTranslation();
  const title = broken.seq === null ? t('audit.unchained') : t('audit.broken', { seq: broken.seq });
  return (
    <div className={`card ${css.verdict}`} role="alert" data-intact="false">
      <IconShieldX size={22} aria-hidden="true" />
      <div>
        <p>
          <b>{title}</b>
        </p>
        <p>
          {t(`audit.breaks.${broken.kind}`)} {t('audit.before', { count: head.seq })}
        </p>
        {broken.id && <code className="ltr">{broken.id}</code>}
      </div>
    </div>
  );
}

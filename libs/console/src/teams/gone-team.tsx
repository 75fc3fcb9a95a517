import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Id } from '#client';
import { Empty } from '../design/states.js';
import { begunIn, forgetDraft } from './team-drafts.js';

/** The address names a team that there isn't, or not any more: no other is offered in its place. */
export function GoneTeam({ id }: { id: Id }) {
  const { t } = useTranslation();
  const [begun] = useState(() => begunIn(id));
  // Nobody can save it any more.
  useEffect(() => forgetDraft(id), [id]);
  return (
    <div className="card" data-testid="gone-team">
      <Empty title={begun ? t('teams.goneMeanwhile', { name: begun.base.name }) : t('teams.gone')}>
        {t(begun ? 'teams.goneMeanwhileText' : 'teams.goneText')}
      </Empty>
    </div>
  );
}

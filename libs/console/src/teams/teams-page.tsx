/** Teams: each a blueprint of permissions, and the people it holds for. */
import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Navigate, useNavigate, useParams } from 'react-router';
import { PageHead } from '../design/page.js';
import { Empty, Failure, Loading } from '../design/states.js';
import { explain } from '../session/problem-text.js';
import { useMay } from '../session/use-me.js';
import { CreateTeamDialog } from './create-team-dialog.js';
import { GoneTeam } from './gone-team.js';
import { TeamEditor } from './team-editor.js';
import { TeamList } from './team-list.js';
import { useTeams } from './use-teams.js';
import css from './teams.module.css';

/** While a sync is under way it is followed closely. */
const FOLLOW_MS = 500;
const REST_MS = 10_000;

export default function TeamsPage() {
  const { t } = useTranslation();
  const { id } = useParams();
  const navigate = useNavigate();
  const mayManage = useMay('teams.manage');
  const [isCreating, setCreating] = useState(false);
  const [isSyncing, setSyncing] = useState(false);
  const { data: teams, error, refetch, isFetching, isFetchedAfterMount } = useTeams(isSyncing ? FOLLOW_MS : REST_MS);
  const someBehind = teams?.some(({ sync }) => sync.synced < sync.total) ?? false;
  if (someBehind !== isSyncing) setSyncing(someBehind);
  const chosen = teams?.find((team) => team.id === id);
  // What was read before this page was opened may lack a team that is new.
  const isSure = isFetchedAfterMount || !isFetching;

  // The address names what is edited: the first team of a moment ago needn't be the first now.
  if (!id && teams?.[0]) return <Navigate to={`/teams/${teams[0].id}`} replace />;
  return (
    <>
      <PageHead title={t('nav.teams')}>
        {mayManage && (
          <Button size="xs" leftSection={<IconPlus size={15} />} onClick={() => setCreating(true)}>
            {t('teams.create')}
          </Button>
        )}
      </PageHead>
      {error && <Failure title={t('error.load')} detail={explain(error)} onRetry={() => void refetch()} />}
      {!teams && !error && <Loading />}
      {teams?.length === 0 && <Empty title={t('teams.none')} />}
      {teams && id && (
        <div className={css.columns}>
          <TeamList teams={teams} chosen={chosen?.id} mayManage={mayManage} />
          {chosen && <TeamEditor key={chosen.id} team={chosen} teams={teams} mayManage={mayManage} />}
          {!chosen && (isSure ? <GoneTeam key={id} id={id} /> : <Loading />)}
        </div>
      )}
      {isCreating && (
        <CreateTeamDialog onClose={() => setCreating(false)} onCreated={(team) => void navigate(`/teams/${team.id}`)} />
      )}
    </>
  );
}

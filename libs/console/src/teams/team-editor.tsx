import { Switch, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { TeamView } from '#client';
import { useMe } from '../session/use-me.js';
import { BlueprintGrid } from './blueprint-grid.js';
import { DeleteTeamDialog } from './delete-team-dialog.js';
import { Members } from './members.js';
import { SaveBar } from './save-bar.js';
import { SyncBadge } from './team-list.js';
import { useCatalogue } from './use-teams.js';
import { useTeamDraft } from './use-team-draft.js';
import css from './teams.module.css';

const NO_MODULES: never[] = [];

/** One team: its settings, its blueprint as it is and as it would be, and its members. */
export function TeamEditor({ team, teams, mayManage }: { team: TeamView; teams: TeamView[]; mayManage: boolean }) {
  const { t } = useTranslation();
  const { data: modules = NO_MODULES } = useCatalogue();
  const isOwn = useMe().team.id === team.id;
  const edit = useTeamDraft(team, modules);
  const [isDeleting, setDeleting] = useState(false);
  const { draft, wrong, change } = edit;
  return (
    <div className={css.editor}>
      <section className={`card ${css.settings}`}>
        <div className={css.editorHead}>
          <h2>{team.name}</h2>
          <SyncBadge team={team} />
        </div>
        <div className={css.fields}>
          <TextInput
            label={t('teams.name')}
            value={draft.name}
            disabled={!mayManage}
            maxLength={100}
            error={wrong.includes('name') ? t('teams.nameMissing') : undefined}
            onChange={(event) => change({ name: event.currentTarget.value })}
          />
          <TextInput
            label={t('agents.capacity')}
            value={draft.capacity}
            disabled={!mayManage}
            inputMode="numeric"
            error={wrong.includes('capacity') ? t('teams.capacityWrong') : undefined}
            onChange={(event) => change({ capacity: event.currentTarget.value })}
          />
          <TextInput
            label={t('teams.description')}
            value={draft.description}
            disabled={!mayManage}
            className={css.wide ?? ''}
            onChange={(event) => change({ description: event.currentTarget.value })}
          />
        </div>
        <Handing draft={draft} change={change} disabled={!mayManage} />
        <div className={css.editorFoot}>
          <Switch
            label={t('teams.active')}
            checked={draft.status === 'active'}
            disabled={!mayManage || isOwn}
            onChange={(event) => change({ status: event.currentTarget.checked ? 'active' : 'inactive' })}
          />
          {mayManage && !isOwn && (
            <button type="button" className="text-button" onClick={() => setDeleting(true)}>
              {t('teams.delete')}
            </button>
          )}
        </div>
      </section>
      <BlueprintGrid
        team={edit.base}
        draft={draft.permissions}
        modules={modules}
        disabled={!mayManage}
        onChange={(permissions) => change({ permissions })}
      />
      <Members team={team} teams={teams} mayManage={mayManage} />
      {edit.isChanged && <SaveBar edit={edit} />}
      {isDeleting && <DeleteTeamDialog team={team} teams={teams} onClose={() => setDeleting(false)} />}
    </div>
  );
}

const POLICIES = ['unassign', 'reassign'] as const;

/** What becomes of conversations that nobody has, and of those whose agent is gone. */
function Handing({
  draft,
  change,
  disabled,
}: Pick<ReturnType<typeof useTeamDraft>, 'draft' | 'change'> & { disabled: boolean }) {
  const { t } = useTranslation();
  return (
    <div className={css.handing}>
      <Switch
        label={t('teams.autoAssign')}
        checked={draft.autoAssign}
        disabled={disabled}
        onChange={(event) => change({ autoAssign: event.currentTarget.checked })}
      />
      <label>
        {t('teams.releasePolicy')}{' '}
        <select
          className="plain-select"
          value={draft.releasePolicy}
          disabled={disabled}
          onChange={(event) =>
            change({ releasePolicy: POLICIES.find((one) => one === event.currentTarget.value) ?? 'unassign' })
          }
        >
          {POLICIES.map((policy) => (
            <option key={policy} value={policy}>
              {t(`teams.releasePolicies.${policy}`)}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}

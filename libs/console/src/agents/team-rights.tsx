import { useTranslation } from 'react-i18next';
import type { TeamView } from '#client';
import { useCatalogue } from '../teams/use-teams.js';
import { usePermissionName } from '../teams/use-permission-name.js';
import css from './panel.module.css';

/** What a team's blueprint allows, by module: to be looked at before somebody is put into it. */
export function TeamRights({ team }: { team: TeamView }) {
  const { t } = useTranslation();
  const nameOf = usePermissionName();
  const { data: modules = [] } = useCatalogue();
  const has = new Set<string>(team.permissions);
  const open = modules.filter(({ permissions }) => permissions.some(({ key }) => has.has(key)));
  const closed = modules.filter((module) => !open.includes(module));
  return (
    <section data-testid="team-rights">
      <h3>{t('agents.rights', { team: team.name })}</h3>
      {team.status === 'inactive' && <p className="alert">{t('agents.teamInactive')}</p>}
      {team.permissions.length === 0 && <p className="muted">{t('agents.noRights')}</p>}
      <ul className={css.rights}>
        {open.map(({ module, permissions }) => (
          <li key={module}>
            <b>{t([`modules.${module}` as 'modules.inbox', 'modules.other'], { module })}</b>
            <span>
              {permissions
                .filter(({ key }) => has.has(key))
                .map(nameOf)
                .join(' · ')}
            </span>
          </li>
        ))}
      </ul>
      {closed.length > 0 && (
        <p className="muted">
          {t('agents.closedModules', {
            modules: closed
              .map(({ module }) => t([`modules.${module}` as 'modules.inbox', 'modules.other'], { module }))
              .join(', '),
          })}
        </p>
      )}
    </section>
  );
}

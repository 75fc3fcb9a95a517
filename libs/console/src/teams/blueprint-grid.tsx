import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Permission, PermissionModule, TeamView } from '#client';
import { useMe } from '../session/use-me.js';
import { markOf, toggle, toggleModule } from './blueprint.js';
import { usePermissionName } from './use-permission-name.js';
import css from './teams.module.css';

interface Props {
  team: TeamView;
  draft: ReadonlySet<Permission>;
  modules: readonly PermissionModule[];
  disabled: boolean;
  onChange: (draft: ReadonlySet<Permission>) => void;
}

/** The blueprint by module. Each permission shows what it is now and what the draft makes of it, by sign and colour. */
export function BlueprintGrid({ team, draft, modules, disabled, onChange }: Props) {
  const { t } = useTranslation();
  const nameOf = usePermissionName();
  const { permissions: own } = useMe();
  const current = useMemo(() => new Set<string>(team.permissions), [team.permissions]);
  return (
    <section className={`card ${css.blueprint}`} aria-label={t('teams.blueprint')}>
      <div className={css.editorHead}>
        <h2>{t('teams.blueprint')}</h2>
        <p className="muted">{t('teams.blueprintHelp')}</p>
      </div>
      <ul className={css.modules}>
        {modules.map((module) => (
          <li key={module.module}>
            <ModuleName
              module={module}
              draft={draft}
              disabled={disabled}
              onToggle={() => onChange(toggleModule(draft, module, own))}
            />
            <ul className={css.permissions}>
              {module.permissions.map((permission) => {
                const { key } = permission;
                const mark = markOf(current, draft, key);
                // Nobody grants more than they have, but everybody who may manage may take away.
                const isBeyond = !own.includes(key) && !draft.has(key);
                return (
                  <li key={key}>
                    <label className={css.permission} data-mark={mark} title={isBeyond ? t('teams.beyond') : key}>
                      <input
                        type="checkbox"
                        checked={draft.has(key)}
                        disabled={disabled || isBeyond}
                        onChange={() => onChange(toggle(draft, key))}
                      />
                      <span>{nameOf(permission)}</span>
                      <i aria-hidden="true">{mark === 'added' ? '+' : mark === 'removed' ? '−' : ''}</i>
                      {(mark === 'added' || mark === 'removed') && <span className="sr">{t(`teams.${mark}`)}</span>}
                    </label>
                  </li>
                );
              })}
            </ul>
          </li>
        ))}
      </ul>
    </section>
  );
}

function ModuleName({
  module,
  draft,
  disabled,
  onToggle,
}: {
  module: PermissionModule;
  draft: ReadonlySet<string>;
  disabled: boolean;
  onToggle: () => void;
}) {
  const { t } = useTranslation();
  const held = module.permissions.filter(({ key }) => draft.has(key)).length;
  const name = t([`modules.${module.module}` as 'modules.inbox', 'modules.other'], { module: module.module });
  return (
    <button
      type="button"
      className={css.module}
      disabled={disabled}
      onClick={onToggle}
      data-held={held > 0}
      title={t('teams.toggleModule', { module: name, held, of: module.permissions.length })}
    >
      <b>{name}</b>
      <span className="ltr">
        {held}/{module.permissions.length}
      </span>
    </button>
  );
}

import { Select, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { DensityWindow, ThresholdView } from '#client';
import { Dialog, FormFoot } from '../design/dialogs.js';
import { fieldErrors } from '../session/problem-text.js';
import { muster } from '../session/session.js';
import { useMay } from '../session/use-me.js';
import { useTeams } from '../teams/use-teams.js';
import { draftOf, EMPTY_THRESHOLD, KINDS, requestOf, type ThresholdDraft, wrongFields } from './threshold-draft.js';
import css from './alerts.module.css';

const WINDOWS: readonly DensityWindow[] = ['m1', 'm5', 'm15', 'h1'];

/** A limit: what is measured, on which side of which value, and for how long. */
export function ThresholdDialog({ threshold, onClose }: { threshold: ThresholdView | null; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [draft, setDraft] = useState<ThresholdDraft>(() => (threshold ? draftOf(threshold) : EMPTY_THRESHOLD));
  const [isAsked, setAsked] = useState(false);
  const change = (part: Partial<ThresholdDraft>): void => setDraft((now) => ({ ...now, ...part }));
  const save = useMutation({
    mutationFn: () => {
      const { kind, ...rest } = requestOf(draft);
      return threshold ? muster.thresholds.update(threshold.id, rest) : muster.thresholds.create({ kind, ...rest });
    },
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['thresholds'] });
      onClose();
    },
  });
  const wrong = isAsked ? wrongFields(draft) : [];
  const refused = save.error ? fieldErrors(save.error) : {};
  const errorOf = (field: keyof ThresholdDraft) =>
    wrong.includes(field) ? t(`alerts.wrong.${field as 'name'}`) : refused[field];
  const submit = (): void => {
    setAsked(true);
    if (wrongFields(draft).length === 0) save.mutate();
  };
  return (
    <Dialog
      opened
      onClose={onClose}
      title={threshold ? t('alerts.edit', { name: threshold.name }) : t('alerts.create')}
    >
      <form className="stack" noValidate onSubmit={(event) => (event.preventDefault(), submit())}>
        <TextInput
          label={t('alerts.name')}
          value={draft.name}
          error={errorOf('name')}
          data-autofocus
          maxLength={100}
          onChange={(event) => change({ name: event.currentTarget.value })}
        />
        <Select
          label={t('alerts.kind')}
          description={t(`alerts.help.${draft.kind}`)}
          value={draft.kind}
          disabled={threshold !== null}
          allowDeselect={false}
          data={KINDS.map((kind) => ({ value: kind, label: t(`alerts.kinds.${kind}`) }))}
          onChange={(kind) => kind && change({ kind })}
        />
        <div className={css.row}>
          <Select
            label={t('alerts.comparison')}
            value={draft.kind === 'waiting' ? 'above' : draft.comparison}
            disabled={draft.kind === 'waiting'}
            allowDeselect={false}
            data={(['above', 'below'] as const).map((side) => ({ value: side, label: t(`alerts.sides.${side}`) }))}
            onChange={(side) => side && change({ comparison: side })}
          />
          <TextInput
            label={t('alerts.value')}
            inputMode="decimal"
            value={draft.value}
            error={errorOf('value')}
            onChange={(event) => change({ value: event.currentTarget.value })}
          />
          <TextInput
            label={t('alerts.minutes')}
            inputMode="numeric"
            value={draft.forMinutes}
            error={errorOf('forMinutes')}
            onChange={(event) => change({ forMinutes: event.currentTarget.value })}
          />
        </div>
        {draft.kind === 'density' && (
          <Select
            label={t('alerts.window')}
            value={draft.window}
            allowDeselect={false}
            data={WINDOWS.map((window) => ({ value: window, label: t(`window.${window}`) }))}
            onChange={(window) => window && change({ window })}
          />
        )}
        <ScopeSelect value={draft.teamId} onChange={(teamId) => change({ teamId })} />
        <FormFoot problem={refused['']} submit={t('alerts.save')} isBusy={save.isPending} onCancel={onClose} />
      </form>
    </Dialog>
  );
}

/** The whole workspace or a team; for who may not read teams it stays as it is. */
function ScopeSelect({ value, onChange }: { value: string; onChange: (teamId: string) => void }) {
  const mayRead = useMay('teams.read', 'teams.manage');
  return mayRead ? <TeamScope value={value} onChange={onChange} /> : null;
}

function TeamScope({ value, onChange }: { value: string; onChange: (teamId: string) => void }) {
  const { t } = useTranslation();
  const { data: teams = [] } = useTeams();
  return (
    <Select
      label={t('alerts.scope')}
      value={value}
      allowDeselect={false}
      data={[
        { value: '', label: t('alerts.everywhere') },
        ...teams.map(({ id, name }) => ({ value: id, label: name })),
      ]}
      onChange={(teamId) => onChange(teamId ?? '')}
    />
  );
}

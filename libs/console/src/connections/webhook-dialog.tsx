import { TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type CreateWebhookRequest, MusterProblem, type WebhookEvent, type WebhookView } from '#client';
import { Dialog, FormFoot } from '../design/dialogs.js';
import { fieldErrors } from '../session/problem-text.js';
import { muster } from '../session/session.js';
import { EventName } from './event-name.js';
import { SecretDialog } from './secret-dialog.js';
import {
  draftOf,
  EVENT_GROUPS,
  type EventGroup,
  hostOf,
  requestOf,
  type WebhookDraft,
  wrongIn,
} from './webhook-draft.js';
import { WEBHOOKS } from './use-webhooks.js';
import css from './connections.module.css';

/** An endpoint: its address and what it is told of; a new one then shows its secret, this once. */
export function WebhookDialog({ webhook, onClose }: { webhook: WebhookView | null; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [draft, setDraft] = useState<WebhookDraft>(() => draftOf(webhook));
  const [isAsked, setAsked] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  const change = (part: Partial<WebhookDraft>): void => setDraft((now) => ({ ...now, ...part }));
  const save = useMutation({
    mutationFn: async (request: CreateWebhookRequest) => {
      if (!webhook) return (await muster.webhooks.create(request)).secret;
      await muster.webhooks.update(webhook.id, request, { ifMatch: webhook.version });
      return null;
    },
    onSuccess: (made) => (made ? setSecret(made) : onClose()),
    onSettled: () => client.invalidateQueries({ queryKey: WEBHOOKS }),
  });
  if (secret) {
    const title = t('webhooks.secretTitle', { url: draft.url.trim() });
    return <SecretDialog title={title} text={t('webhooks.secretText')} secret={secret} onClose={onClose} />;
  }
  const wrong = wrongIn(draft);
  const errors = save.error ? fieldErrors(save.error) : {};
  // All else that makes an address one that may not be called is seen before the server is asked.
  const refused = isAddressRefused(save.error) && save.variables ? hostOf(save.variables.url) : null;
  const wrongUrl = refused === null ? errors['url'] : t('webhooks.wrongUrl.notPublic', { host: refused });
  const isEventless = isAsked && wrong.events;
  const wrongEvents = isEventless ? t('webhooks.eventsMissing') : (errors['events'] ?? errors['']);
  const submit = (): void => {
    setAsked(true);
    if (!wrong.url && !wrong.events) save.mutate(requestOf(draft));
  };
  return (
    <Dialog
      opened
      onClose={onClose}
      title={webhook ? t('webhooks.edit', { url: webhook.url }) : t('webhooks.create')}
      size="lg"
    >
      <form className="stack" noValidate onSubmit={(event) => (event.preventDefault(), submit())}>
        <TextInput
          label={t('webhooks.url')}
          description={t('webhooks.urlHelp')}
          value={draft.url}
          maxLength={2_000}
          data-autofocus
          required
          error={isAsked && wrong.url ? t(`webhooks.wrongUrl.${wrong.url}`) : wrongUrl}
          onChange={(event) => change({ url: event.currentTarget.value })}
        />
        <TextInput
          label={t('webhooks.description')}
          value={draft.description}
          maxLength={200}
          error={errors['description']}
          onChange={(event) => change({ description: event.currentTarget.value })}
        />
        <Events chosen={draft.events} onChange={(events) => change({ events })} />
        <FormFoot
          problem={wrongEvents}
          submit={t(webhook ? 'webhooks.save' : 'webhooks.create')}
          isBusy={save.isPending}
          onCancel={onClose}
        />
      </form>
    </Dialog>
  );
}

function isAddressRefused(error: unknown): boolean {
  return error instanceof MusterProblem && error.problem.errors.some(({ code }) => code === 'url_invalid');
}

function Events({
  chosen,
  onChange,
}: {
  chosen: ReadonlySet<WebhookEvent>;
  onChange: (events: ReadonlySet<WebhookEvent>) => void;
}) {
  const { t } = useTranslation();
  const toggle = (event: WebhookEvent): void => {
    const next = new Set(chosen);
    if (!next.delete(event)) next.add(event);
    onChange(next);
  };
  return (
    <div className="stack" role="group" aria-label={t('webhooks.events')}>
      {(Object.keys(EVENT_GROUPS) as EventGroup[]).map((group) => (
        <fieldset key={group} className={css.choice}>
          <legend>{t(`webhooks.eventsOf.${group}`)}</legend>
          {EVENT_GROUPS[group].map((event) => (
            <label key={event}>
              <input type="checkbox" checked={chosen.has(event)} onChange={() => toggle(event)} />
              <EventName event={event} />
            </label>
          ))}
        </fieldset>
      ))}
    </div>
  );
}

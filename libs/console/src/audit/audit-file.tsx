import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { AuditFilters } from '#client';
import { complain } from '../design/notify.js';
import { saveFile } from '../design/save-file.js';
import { muster } from '../session/session.js';

/** What the filters leave of the log, as a file. */
export function AuditFile({ filters }: { filters: AuditFilters }) {
  const { t } = useTranslation();
  const file = useMutation({
    mutationFn: async () => saveFile(await muster.audit.exportNdjson(filters), 'muster-audit.ndjson'),
    onError: (error) => complain(t('error.failed'), error),
  });
  return (
    <Button
      variant="default"
      leftSection={<IconDownload size={16} />}
      loading={file.isPending}
      onClick={() => file.mutate()}
    >
      {t('audit.export')}
    </Button>
  );
}

import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { AuditVerification } from '#client';
import { muster } from '../session/session.js';

export type Verification = ReturnType<typeof useVerification>;

/** Follows the chain to its end, and tells how far it is. */
export function useVerification() {
  const [progress, setProgress] = useState<AuditVerification | null>(null);
  const { mutate, isPending, data, error } = useMutation({
    mutationFn: async () => {
      let verdict = await muster.audit.verify();
      for (; verdict.next; verdict = await muster.audit.verify({ cursor: verdict.next })) setProgress(verdict);
      return verdict;
    },
    onMutate: () => setProgress(null),
  });
  return { mutate, isPending, verdict: data ?? null, error, progress };
}

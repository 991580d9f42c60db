import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type Answer, call, type Request } from '../client/index.ts';

type Asked = Request<'patient.open'>;

/** An open patient: what was told, when, and why they were opened. */
export interface Opened {
  readonly answer: Answer<'patient.open'>;
  readonly asked: Asked;
  readonly atMs: number;
}

const KEPT_MS = 30 * 60_000;
const keyOf = (chart: number) => ['emergency.patient', chart];

/** The patient of `chart`, open for this session or not yet; `open` is an act that the ledger tells, and so is opening again. */
export function useOpened(chart: number) {
  const client = useQueryClient();
  const kept = useQuery<Opened>({
    queryKey: keyOf(chart),
    queryFn: () => Promise.reject(new Error('opened by an act alone')),
    enabled: false,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: KEPT_MS,
  });
  const opening = useMutation({
    mutationFn: async (asked: Asked): Promise<Opened> => ({
      answer: await call('patient.open', asked),
      asked,
      atMs: Date.now(),
    }),
    onSuccess: (opened) => client.setQueryData(keyOf(chart), opened),
  });
  const opened = kept.data;
  const again = opened === undefined ? undefined : () => opening.mutate(opened.asked);
  return {
    opened,
    open: (asked: Asked) => opening.mutate(asked),
    again,
    isBusy: opening.isPending,
    error: opening.error,
  };
}

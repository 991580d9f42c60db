import { type QueryClient, queryOptions, useQuery } from '@tanstack/react-query';
import { type RefObject, useEffect, useMemo, useRef, useState } from 'react';
import { neighboursOf } from '../../images/light/neighbours.ts';
import type { Series } from '../../images/light/study.ts';
import { type Frame, FrameError, type NoFrame, picturesIn, SeriesSource, seriesIn } from './frames.ts';
import type { Pane } from './pane.ts';
import { FrameStore } from './store.ts';

/** Held of one series: some hundred slices of a CT. */
const MOST_BYTES = 64 * 1024 * 1024;

/** Lists are kept this long: somebody goes back and forth between studies. */
const LISTS_KEPT_MS = 5 * 60_000;

const seriesOf = (study: string) =>
  queryOptions({
    queryKey: ['viewer.series', study],
    queryFn: ({ signal }) => seriesIn(study, signal),
    gcTime: LISTS_KEPT_MS,
    staleTime: LISTS_KEPT_MS,
  });

const picturesOf = (study: string, series: string) =>
  queryOptions({
    queryKey: ['viewer.pictures', study, series],
    queryFn: ({ signal }) => picturesIn(study, series, signal),
    gcTime: LISTS_KEPT_MS,
    staleTime: LISTS_KEPT_MS,
  });

/** The series of a study. */
export function useSeries(study: string) {
  return useQuery(seriesOf(study));
}

/** The pictures of a series. */
export function usePictures(study: string, series: Series | undefined) {
  return useQuery({ ...picturesOf(study, series?.uid ?? ''), enabled: series !== undefined });
}

/** Reads what a study begins with, before somebody asks for it. */
export async function readAhead(client: QueryClient, study: string): Promise<void> {
  const [first] = await client.ensureQueryData(seriesOf(study));
  if (first !== undefined) await client.prefetchQuery(picturesOf(study, first.uid));
}

export interface Stack {
  readonly frame: Frame | undefined;
  readonly state: 'loading' | 'shown' | NoFrame;
}

const whyOf = (thrown: unknown): NoFrame => (thrown instanceof FrameError ? thrown.why : 'failed');

/** Puts picture number `at` of a series on the pane, and loads those that come next. */
export function useStack(
  study: string,
  series: Series | undefined,
  pictures: Awaited<ReturnType<typeof picturesIn>> | undefined,
  at: number,
  pane: RefObject<Pane | null>,
): Stack {
  const [stack, setStack] = useState<Stack>({ frame: undefined, state: 'loading' });
  const before = useRef(0);
  const store = useMemo(() => {
    const source = new SeriesSource(study, series?.uid ?? '');
    const load = (place: number, signal: AbortSignal): Promise<Frame> => {
      const picture = pictures?.[place];
      return picture === undefined ? Promise.reject(new FrameError('none')) : source.frame(picture, signal);
    };
    return new FrameStore<Frame>(load, MOST_BYTES);
  }, [study, series, pictures]);
  useEffect(() => () => store.close(), [store]);
  useEffect(() => {
    const picture = pictures?.[at];
    if (picture === undefined)
      return setStack({ frame: undefined, state: pictures === undefined ? 'loading' : 'none' });
    let isWanted = true;
    const isForward = at >= before.current;
    before.current = at;
    const shown = (frame: Frame | undefined, state: Stack['state']) => {
      if (!isWanted) return;
      pane.current?.show(frame, frame === undefined ? '' : `${picture.instance}:${picture.frame}`);
      setStack({ frame, state });
    };
    store.get(at, neighboursOf(at, pictures?.length ?? 0, isForward)).then(
      (frame) => shown(frame, 'shown'),
      (thrown: unknown) => shown(undefined, whyOf(thrown)),
    );
    return () => {
      isWanted = false;
    };
  }, [store, pictures, at, pane]);
  return stack;
}

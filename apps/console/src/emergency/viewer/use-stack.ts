import { useQuery } from '@tanstack/react-query';
import { type RefObject, useEffect, useMemo, useRef, useState } from 'react';
import { neighboursOf } from '../../images/light/neighbours.ts';
import type { Series } from '../../images/light/study.ts';
import { type Frame, FrameError, type NoFrame, picturesIn, SeriesSource, seriesIn } from './frames.ts';
import type { Pane } from './pane.ts';
import { FrameStore } from './store.ts';

/** Held of one series: some hundred slices of a CT. */
const MOST_BYTES = 64 * 1024 * 1024;

/** The series of a study; nothing of them stays in memory when nobody looks. */
export function useSeries(study: string) {
  return useQuery({
    queryKey: ['viewer.series', study],
    queryFn: ({ signal }) => seriesIn(study, signal),
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** The pictures of a series. */
export function usePictures(study: string, series: Series | undefined) {
  return useQuery({
    queryKey: ['viewer.pictures', study, series?.uid],
    queryFn: ({ signal }) => picturesIn(study, series?.uid ?? '', signal),
    enabled: series !== undefined,
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
  });
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

import type { AnswerInputOf, ParsedRequestOf } from '@leadglass/contract';
import { type Clock, text, uuidv7 } from '@leadglass/kit';
import type { EventOf } from '@leadglass/model';
import { by } from '../actor.ts';
import type { ScheduleActs } from './schedule-host.ts';

type Names = 'add' | 'list' | 'show' | 'correct' | 'cancel';
type Acts = {
  [K in `registration.${Names}` | 'worklist.list' | 'worklist.status' | 'worklist.refresh' | 'worklist.set']: (
    asked: ParsedRequestOf<K>,
  ) => Promise<AnswerInputOf<K>>;
};

/** Acts of the control socket on registrations and kept worklists. */
export function scheduleActs(
  schedule: ScheduleActs,
  clock: Clock,
  tell: (event: EventOf<'chart.searched'>) => Promise<void>,
): Acts {
  return {
    'registration.add': (asked) => schedule.add(asked),
    'registration.list': (asked) => schedule.list(asked),
    'registration.show': (asked) => schedule.show(asked),
    'registration.correct': (asked) => schedule.correct(asked),
    'registration.cancel': (asked) => schedule.cancel(asked),
    'worklist.list': async ({ day }) => {
      const listed = await schedule.planned.day(day === undefined ? undefined : Number(day));
      const atMs = clock.now();
      const found = listed.entries.length;
      await tell({ id: uuidv7(atMs), atMs, kind: 'chart.searched', by: by(), keys: ['worklist'], found });
      return listed;
    },
    'worklist.status': () => schedule.status(),
    'worklist.refresh': () => schedule.refresh(),
    'worklist.set': (asked) => {
      const atMs = clock.now();
      const { hoursAhead } = asked;
      const change = text(`planning conservé d’avance sur ${hoursAhead} h`, `schedules are kept ${hoursAhead} h ahead`);
      return schedule.setHoursAhead(asked, { id: uuidv7(atMs), atMs, kind: 'config.changed', by: by(), change });
    },
  };
}

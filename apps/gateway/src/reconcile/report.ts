import type { AnswerInputOf, ParsedRequestOf, ReportedExam } from '@leadglass/contract';
import { EXAM_ENDS } from '@leadglass/contract';
import type { Clock } from '@leadglass/kit';
import type { IdentityDelivery, IdentityObject, Records, TemporaryIdentity } from '@leadglass/records';
import { shortAnswerOf } from '../hl7/answers.ts';
import { dayOf } from '../schedule/days.ts';

const FIRST_DAY = 0;
const LAST_DAY = 99_991_231;
const MOST_REGISTERED = 20_000;
const MOST_EVENTS = 200;

export interface ReportTools {
  readonly records: Pick<Records, 'reconciliation' | 'schedule' | 'overview' | 'hl7'>;
  readonly clock: Clock;
  identities(): AsyncIterable<TemporaryIdentity>;
  objects(number: string): Promise<readonly IdentityObject[]>;
  /** Pseudonym of the temporary identity. */
  patient(number: string): string;
  /** Pseudonym of whom it was reconciled with; empty when it was not. */
  identityOf(identity: TemporaryIdentity): string;
}

type Exam = ReportedExam;
type End = Exam['end'];
interface OfNumber {
  readonly number: string;
  readonly isRegistered: boolean;
  readonly isCancelled: boolean;
  readonly identity: TemporaryIdentity | undefined;
}

/** Every exam of the downtime, registered or come, and where it ended: each once, so that the ends add up to the exams. */
export async function report(
  tools: ReportTools,
  { from, to }: ParsedRequestOf<'reconcile.report'>,
): Promise<AnswerInputOf<'reconcile.report'>> {
  const exams: Exam[] = [];
  let twice = 0;
  for (const one of await numbersOf(tools, Number(from ?? FIRST_DAY), Number(to ?? LAST_DAY))) {
    // A long downtime has many: others have their turn.
    await new Promise((resolve) => setImmediate(resolve));
    const deliveries = await tools.records.reconciliation.deliveries(one.number);
    twice += twiceDelivered(deliveries);
    exams.push(...(await examsOf(tools, one, deliveries)));
  }
  const ends = Object.fromEntries(EXAM_ENDS.map((end) => [end, exams.filter((exam) => exam.end === end).length]));
  const objects = exams.reduce((sum, exam) => sum + exam.objects, 0);
  return {
    ...{ atMs: tools.clock.now(), ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) },
    totals: { exams: exams.length, ends: ends as Record<End, number>, objects, twice },
    exams,
  };
}

async function numbersOf(tools: ReportTools, from: number, to: number): Promise<readonly OfNumber[]> {
  const numbers = new Map<string, OfNumber>();
  for (const { number, state } of await tools.records.schedule.registered(from, to, MOST_REGISTERED))
    numbers.set(number, { number, isRegistered: true, isCancelled: state === 'cancelled', identity: undefined });
  for await (const identity of tools.identities()) {
    const { number, sinceMs } = identity;
    const known = numbers.get(number);
    const day = dayOf(sinceMs);
    if (known !== undefined) numbers.set(number, { ...known, identity });
    else if (day >= from && day <= to && (await tools.records.schedule.registeredOf(number)) === undefined)
      numbers.set(number, { number, isRegistered: false, isCancelled: false, identity });
  }
  return [...numbers.values()].toSorted((a, b) => (a.number < b.number ? -1 : 1));
}

async function examsOf(
  tools: ReportTools,
  one: OfNumber,
  deliveries: readonly IdentityDelivery[],
): Promise<readonly Exam[]> {
  const { number, isRegistered, isCancelled, identity } = one;
  const objects = identity === undefined ? [] : (await tools.objects(number)).filter((object) => !object.isReplaced);
  const head = {
    ...{ number, isRegistered, patient: tools.patient(number), state: identity?.state ?? ('none' as const) },
    identity: identity === undefined ? '' : tools.identityOf(identity),
    told: (await tools.records.hl7.ofNumber(number)).map(shortAnswerOf),
  };
  if (objects.length === 0)
    return [
      {
        ...{ ...head, studyInstanceUid: '', end: isCancelled ? 'cancelled' : 'no-images', objects: 0, waiting: 0 },
        deliveries: [],
      },
    ];
  const exams: Exam[] = [];
  for (const [studyInstanceUid, of] of Map.groupBy(objects, (object) => object.studyInstanceUid)) {
    const own = new Set<string>(of.map(({ sha256 }) => sha256));
    const theirs = deliveries.filter(({ original }) => own.has(original));
    const waiting = of.filter(({ state }) => state === 'waiting' || state === 'impossible').length;
    exams.push({
      ...{ ...head, studyInstanceUid, end: endOf(of, theirs, waiting), objects: of.length, waiting },
      deliveries: await addedUp(tools, theirs),
    });
  }
  return exams;
}

/** What is least done says how the exam ended. */
function endOf(objects: readonly IdentityObject[], deliveries: readonly IdentityDelivery[], waiting: number): End {
  const isAny = (state: string): boolean => deliveries.some((delivery) => delivery.state === state);
  if (waiting > 0) return 'waiting';
  if (isAny('pending')) return 'on-its-way';
  if (isAny('failed')) return 'failed';
  if (isAny('delivered')) return 'delivered';
  return objects.every(({ state }) => state === 'destroyed') ? 'destroyed' : 'kept';
}

async function addedUp(tools: ReportTools, deliveries: readonly IdentityDelivery[]): Promise<Exam['deliveries']> {
  const groups = Map.groupBy(deliveries, ({ destination, patient }) => JSON.stringify([destination, patient]));
  return Promise.all(
    [...groups.values()].map(async (of) => {
      const count = (state: string): number => of.filter((delivery) => delivery.state === state).length;
      const done = of.filter(({ state }) => state === 'delivered').toSorted((a, b) => b.atMs - a.atMs);
      const [last] = done;
      const ledgerIndex = last === undefined ? undefined : await ledgerIndexOf(tools, last);
      return {
        ...{ destination: of[0]?.destination ?? '', as: of[0]?.patient ?? '' },
        ...{ delivered: done.length, pending: count('pending'), failed: count('failed') },
        ...(last === undefined ? {} : { atMs: last.atMs }),
        ...(ledgerIndex === undefined ? {} : { ledgerIndex }),
      };
    }),
  );
}

async function ledgerIndexOf(
  { records }: ReportTools,
  { sha256, destination }: IdentityDelivery,
): Promise<number | undefined> {
  const page = await records.overview.eventsOfObject(sha256, 0, MOST_EVENTS);
  const told = page.events.find(
    ({ event }) => event.kind === 'delivery.delivered' && event.destination === destination,
  );
  return told?.ledgerIndex;
}

/** Objects that one destination took as more than one patient. */
function twiceDelivered(deliveries: readonly IdentityDelivery[]): number {
  const done = deliveries.filter(({ state }) => state === 'delivered');
  const groups = Map.groupBy(done, ({ original, destination }) => JSON.stringify([original, destination]));
  return [...groups.values()].filter((of) => new Set(of.map(({ sha256 }) => sha256)).size > 1).length;
}

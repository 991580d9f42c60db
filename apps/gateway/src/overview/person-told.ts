import type { ParsedRequestOf } from '@leadglass/contract';
import { uuidv7 } from '@leadglass/kit';
import type { Event } from '@leadglass/model';
import type { ControlServices } from '../control-services.ts';
import { glassBroken } from '../emergency/glass.ts';

type Told = ParsedRequestOf<'person.told'>;
type Head = Pick<Event, 'id' | 'atMs'>;

/**
 * Writes down what the console tells of people. It tells as itself, without an account (`ACCESS` gives this to no role): so that whoever is
 * signed in cannot make up what another has done.
 */
export async function personTold(services: ControlServices, told: Told): Promise<Record<string, never>> {
  const { records, clock } = services;
  const atMs = clock.now();
  const head: Head = { id: uuidv7(atMs), atMs };
  if (told.what === 'broke-glass') {
    await glassBroken(services, head, told);
    return {};
  }
  const event = told.what === 'opened-study' ? await opened(services, head, told) : eventOf(head, told);
  await records.appendEvents([event]);
  services.eventsAppended();
  return {};
}

function eventOf(head: Head, told: Exclude<Told, { what: 'opened-study' | 'broke-glass' }>): Event {
  const { what, ...facts } = told;
  return { ...head, kind: `person.${what}`, ...facts } as Event;
}

async function opened(
  { records }: ControlServices,
  head: Head,
  { by, studyInstanceUid, reason }: Extract<Told, { what: 'opened-study' }>,
): Promise<Event> {
  const [patient = ''] = await records.retrieval.patientsOfStudy(studyInstanceUid);
  return { ...head, kind: 'study.opened', by, studyInstanceUid, patient, reason };
}

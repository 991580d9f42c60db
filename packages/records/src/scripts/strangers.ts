import type { Event, EventOf } from '@leadglass/model';
import { boundedName } from '../bounds.ts';
import type { Queries } from '../queries.ts';
import { first, run, type Script } from '../script.ts';

/** Adds up who knocked, as the event that tells of it is written; who is let in by the rules is a stranger no more. */
export function* countStranger(queries: Queries, event: Event): Script<void> {
  if (event.kind === 'association.rejected') return yield* knocked(queries, event, event.calling, event.certSha256);
  if (event.kind === 'connection.refused') return yield* knocked(queries, event, '', undefined);
  if (event.kind !== 'association.accepted' || event.instead !== undefined) return;
  const { remoteAddress, calling } = event;
  yield* run(queries.letInStranger, { address: boundedName(remoteAddress), title: boundedName(calling) });
}

function* knocked(
  queries: Queries,
  event: EventOf<'association.rejected'> | EventOf<'connection.refused'>,
  title: string,
  certSha256: string | undefined,
): Script<void> {
  const row = yield* first(queries.eventById, { id: event.id });
  yield* run(queries.putStranger, {
    address: boundedName(event.remoteAddress),
    ae_title: boundedName(title),
    cert_sha256: boundedName(certSha256 ?? ''),
    called: 'called' in event ? boundedName(event.called) : '',
    listener: boundedName(event.listener),
    first_at_ms: event.atMs,
    last_at_ms: event.atMs,
    times: 1 + (event.more ?? 0),
    why: JSON.stringify({ fr: event.why.fr.slice(0, LONGEST_WHY), en: event.why.en.slice(0, LONGEST_WHY) }),
    seq: row?.seq ?? 0,
    event_id: event.id,
  });
  yield* run(queries.forgetStrangers, {});
}

const LONGEST_WHY = 1_000;

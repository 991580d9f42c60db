import type { Text } from '@leadglass/kit';
import type { Event } from '@leadglass/model';
import type { Custody, Hold } from './api.ts';
import { associationKey, associationOf, keysOf, objectKey, objectOf, studyKey, studyOf } from './event-keys.ts';
import type { Keyed } from './overview-queries.ts';
import type { Queries } from './queries.ts';
import { custodyOf, eventOf, holdOf } from './rows.ts';
import type { SettingsPastTable, StrangersTable } from './schema.ts';
import { all, type Engine, first, run, type Script } from './script.ts';
import { setSetting } from './scripts/configuration.ts';
import { type EventRow, type StoredEvent, stored } from './scripts/events.ts';

/** Some events; `after` is where to go on, undefined when there are no more. */
export interface EventPage {
  readonly events: readonly StoredEvent[];
  readonly after: number | undefined;
}

/** Who knocked and was not let in, added up. */
export interface Stranger {
  readonly address: string;
  readonly aeTitle: string;
  /** Empty: it showed none. */
  readonly certSha256: string;
  readonly called: string;
  readonly listener: string;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
  readonly times: number;
  readonly why: Text;
  /** Of the event that tells of the last time. */
  readonly seq: number;
  readonly eventId: string;
}

/** A state the settings had: `source` is the whole of them as YAML. */
export interface PastSettings {
  readonly no: number;
  readonly atMs: number;
  readonly by: string;
  readonly change: Text;
  readonly source: string;
}

/** How far events of before there was an index of them have been entered into it. */
const KEYED_SETTING = 'events.keyed';
const ALL_KEYED = 'all';

/** What the console shows beyond single nouns: reads by index alone, each bounded by its `limit`. Throws Fault `records.*`. */
export class Overview {
  readonly #engine: Engine;
  readonly #queries: Queries;

  constructor(engine: Engine, queries: Queries) {
    this.#engine = engine;
    this.#queries = queries;
  }

  /** Events about a study after `after`, oldest first. */
  eventsOfStudy(uid: string, after: number, limit: number): Promise<EventPage> {
    const asked = { key: studyKey(uid), after, limit };
    return this.#page(this.#queries.eventsOfStudy, asked, uid, (event) => studyOf(event) === uid);
  }

  /** Of them, those about the study as a whole and none of its objects. */
  eventsOfWholeStudy(uid: string, after: number, limit: number): Promise<EventPage> {
    const asked = { key: studyKey(uid), after, limit };
    const isMeant = (event: Event) => studyOf(event) === uid && objectOf(event) === '';
    return this.#page(this.#queries.eventsOfWholeStudy, asked, uid, isMeant);
  }

  /** Events about an object after `after`, oldest first. */
  eventsOfObject(sha256: string, after: number, limit: number): Promise<EventPage> {
    const asked = { key: objectKey(sha256), after, limit };
    return this.#page(this.#queries.eventsOfObject, asked, sha256, (event) => objectOf(event) === sha256);
  }

  /** Events of an association, or of a commitment's transaction, after `after`, oldest first. */
  eventsOfAssociation(id: string, after: number, limit: number): Promise<EventPage> {
    const asked = { key: associationKey(id), after, limit };
    return this.#page(this.#queries.eventsOfAssociation, asked, id, (event) => associationOf(event) === id);
  }

  // What has the same number and is about something else is left out; where it ended is told all the same.
  async #page(
    query: Queries['eventsOfStudy'],
    asked: Keyed,
    words: string,
    isMeant: (event: Event) => boolean,
  ): Promise<EventPage> {
    const rows = await this.#engine.read(() => pageRows(this.#queries, query, asked, words));
    const last = rows.length < asked.limit ? undefined : rows.at(-1)?.seq;
    return { events: rows.map(stored).filter(({ event }) => isMeant(event)), after: last };
  }

  /** Transactions in which objects of a study were asked to be committed to, at most 50. */
  async commitmentsOfStudy(study: string): Promise<readonly string[]> {
    return uidsOf(await this.#engine.read(() => all(this.#queries.commitmentsOfStudy, { study })));
  }

  /** Likewise of one object. */
  async commitmentsOfObject(sha256: string): Promise<readonly string[]> {
    return uidsOf(await this.#engine.read(() => all(this.#queries.commitmentsOfObject, { sha256 })));
  }

  async eventBySeq(seq: number): Promise<StoredEvent | undefined> {
    const row = await this.#engine.read(() => first(this.#queries.eventBySeq, { seq }));
    return row === undefined ? undefined : stored(row);
  }

  /** Objects of a study, by SOP Instance UID. */
  async custodyOfStudy(study: string, limit: number): Promise<readonly Custody[]> {
    return (await this.#engine.read(() => all(this.#queries.custodyOfStudy, { study, limit }))).map(custodyOf);
  }

  async sizeOfStudy(study: string): Promise<{ readonly objects: number; readonly bytes: number }> {
    const row = await this.#engine.read(() => first(this.#queries.sizeOfStudy, { study }));
    return { objects: Number(row?.objects ?? 0), bytes: Number(row?.bytes ?? 0) };
  }

  /** Who knocked last at `sinceMs` or later, newest first. */
  async strangers(sinceMs: number, limit: number): Promise<readonly Stranger[]> {
    return (await this.#engine.read(() => all(this.#queries.strangers, { since: sinceMs, limit }))).map(strangerOf);
  }

  /** States of the settings before `before`, newest first. */
  async past(before: number, limit: number): Promise<readonly PastSettings[]> {
    return (await this.#engine.read(() => all(this.#queries.past, { before, limit }))).map(pastOf);
  }

  async onePast(no: number): Promise<PastSettings | undefined> {
    const row = await this.#engine.read(() => first(this.#queries.onePast, { no }));
    return row === undefined ? undefined : pastOf(row);
  }

  /** How many deliveries of a destination are in a state. */
  async countDeliveries(state: 'pending' | 'failed', destination: string): Promise<number> {
    const row = await this.#engine.read(() => first(this.#queries.countDeliveries, { state, destination }));
    return Number(row?.count ?? 0);
  }

  /** When the object that waits longest for a destination came, as far as the first of those in a state show; undefined when none does. */
  async firstWaitingMs(state: 'pending' | 'failed', destination: string): Promise<number | undefined> {
    const rows = await this.#engine.read(() => all(this.#queries.firstWaiting, { state, destination }));
    return rows.length === 0 ? undefined : Math.min(...rows.map((row) => row.received_at_ms));
  }

  /** Objects held now, longest first. */
  async holdsLongest(limit: number): Promise<readonly Hold[]> {
    return (await this.#engine.read(() => all(this.#queries.holdsLongest, { limit }))).map(holdOf);
  }

  /** Enters events written before there was an index of what they are about, at most `limit`; false when none is left. */
  keyOlder(limit: number): Promise<boolean> {
    return this.#engine.write(() => keyOlder(this.#queries, limit));
  }
}

/** By index, and behind them those that wait for the ledger and come into the index with it. */
function* pageRows(
  queries: Queries,
  query: Queries['eventsOfStudy'],
  { key, after, limit }: Keyed,
  words: string,
): Script<readonly EventRow[]> {
  const found: readonly EventRow[] = yield* all(query, { key, after, limit });
  if (found.length === limit) return found;
  // Identifiers and digests alone are asked for; one that were a pattern would find nothing but too much, and be told apart below.
  const waiting: readonly EventRow[] = yield* all(queries.waitingAbout, { words: `%"${words}"%`, after, limit });
  const known = new Set(found.map(({ seq }) => seq));
  const rows = [...found, ...waiting.filter(({ seq }) => !known.has(seq))];
  return rows.sort((a, b) => a.seq - b.seq).slice(0, limit);
}

function* keyOlder(queries: Queries, limit: number): Script<boolean> {
  const setting = (yield* first(queries.setting, { name: KEYED_SETTING }))?.value ?? '0';
  if (setting === ALL_KEYED) return false;
  const rows: readonly EventRow[] = yield* all(queries.eventsAfter, { after: Number(setting), limit });
  for (const { seq, json } of rows) yield* run(queries.keyEvent, { seq, ...keysOf(eventOf(json) as Event) });
  const isMore = rows.length === limit;
  yield* setSetting(queries, KEYED_SETTING, isMore ? String(rows.at(-1)?.seq) : ALL_KEYED, []);
  return isMore;
}

function uidsOf(rows: readonly { readonly commitment_uid: string | null }[]): readonly string[] {
  return rows.map((row) => row.commitment_uid).filter((uid) => uid !== null);
}

function strangerOf(row: StrangersTable): Stranger {
  return {
    address: row.address,
    aeTitle: row.ae_title,
    certSha256: row.cert_sha256,
    called: row.called,
    listener: row.listener,
    firstAtMs: row.first_at_ms,
    lastAtMs: row.last_at_ms,
    times: row.times,
    why: JSON.parse(row.why) as Text,
    seq: row.seq,
    eventId: row.event_id,
  };
}

function pastOf({ no, at_ms: atMs, by_whom: by, change, source }: SettingsPastTable): PastSettings {
  return { no, atMs, by, change: JSON.parse(change) as Text, source };
}

import { askedDate, type MessageFacts } from '@leadglass/continuity';
import {
  type AnswerInputOf,
  needsReason,
  type Operation,
  type ParsedRequestOf,
  type TrayMessageAnswer,
} from '@leadglass/contract';
import { text, uuidv7 } from '@leadglass/kit';
import type { Event, Feed } from '@leadglass/model';
import { formatCidr, parseCidr } from '@leadglass/policy';
import type { MessageRow, MessageState } from '@leadglass/records';
import { actor, by } from '../actor.ts';
import type { ConfigControl } from '../control-config.ts';
import { controlFault } from '../control-faults.ts';
import type { ControlServices } from '../control-services.ts';
import { studiesOf } from './studies-of.ts';

type Mine = Exclude<Extract<Operation, `chart.${string}` | `feed.${string}`>, 'chart.document'>;
type Acts = { readonly [K in Mine]: (asked: ParsedRequestOf<K>) => Promise<AnswerInputOf<K>> };
type Told = DistributiveOmit<Event, 'id' | 'atMs'>;
type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

const TRAY: readonly MessageState[] = ['not-understood', 'quarantined'];
const SLICE_BYTES = 256 * 1024;
const DAY_MS = 86_400_000;

/** Everything about feeds and charts but the bytes of a document. */
export function chartActs(services: ControlServices, config: ConfigControl): Acts {
  const charts = new ChartControl(services);
  const feeds = new FeedControl(services, config);
  return {
    'chart.search': (asked) => charts.search(asked),
    'chart.patient': (asked) => charts.patient(asked),
    'chart.merge': (asked) => charts.merge(asked),
    'chart.unmerge': (asked) => charts.unmerge(asked),
    'feed.list': () => feeds.list(),
    'feed.add': (asked) => feeds.add(asked),
    'feed.remove': (asked) => feeds.remove(asked),
    'feed.messages': (asked) => feeds.messages(asked),
    'feed.message': (asked) => feeds.message(asked),
    'feed.retry': (asked) => feeds.retry(asked),
    'feed.dismiss': (asked) => feeds.dismiss(asked),
  };
}

/** What charts are read with. */
type Readers = Pick<ControlServices, 'charts' | 'catalogue' | 'records' | 'clock' | 'eventsAppended'>;

/** Events about who looked at what: durable before anything is answered, since what cannot be told is not given. */
class Ledger {
  readonly #services: Readers;

  constructor(services: Readers) {
    this.#services = services;
  }

  event(told: Told): Event {
    const atMs = this.#services.clock.now();
    return { id: uuidv7(atMs), atMs, ...told } as Event;
  }

  async tell(told: Told): Promise<void> {
    await this.#services.records.appendEvents([this.event(told)]);
    this.#services.eventsAppended();
  }
}

/** Charts as people read them. */
export class ChartControl {
  readonly #services: Readers;
  readonly #ledger: Ledger;

  constructor(services: Readers) {
    this.#services = services;
    this.#ledger = new Ledger(services);
  }

  async search(asked: ParsedRequestOf<'chart.search'>): Promise<AnswerInputOf<'chart.search'>> {
    const { words, bornOn, only } = asked;
    if (words === '' && bornOn === undefined && only === undefined)
      throw controlFault('control.bad-request', NOTHING_ASKED);
    const { charts } = this.#services;
    await charts.catchUp();
    const { found, isCut } = await charts.reader.search(asked);
    const { rest, bornOn: written } = bornOn === undefined ? askedDate(words) : { rest: words, bornOn };
    const keys = [
      ...(rest.trim() === '' ? [] : [/\d/.test(rest) ? 'number' : 'name']),
      ...(bornOn === undefined && written === undefined ? [] : ['birth date']),
      ...(only === undefined ? [] : [only]),
    ];
    await this.#ledger.tell({ kind: 'chart.searched', by: by(), keys, found: found.length });
    return { patients: found, isCut, asOf: await charts.reader.asOf() };
  }

  async patient({ chart: no, reason }: ParsedRequestOf<'chart.patient'>): Promise<AnswerInputOf<'chart.patient'>> {
    needReason(reason);
    const { charts, catalogue } = this.#services;
    await charts.catchUp();
    const chart = await charts.reader.chart(no);
    if (chart === undefined) throw controlFault('control.not-found');
    const patient = charts.pseudonymOf(chart.patient.chart);
    await this.#ledger.tell({
      kind: 'chart.opened',
      by: by(),
      chart: chart.patient.chart,
      patient,
      what: 'chart',
      reason,
    });
    const studies = await studiesOf(catalogue, chart.identities);
    const { isPresent, heardMs } = chart.patient;
    const { chartDays } = await charts.keeping.policy();
    const keptUntilMs = isPresent ? null : heardMs + chartDays * DAY_MS;
    return { ...chart, studies, asOf: await charts.reader.asOf(), keptUntilMs };
  }

  /** The bytes of a document, in pieces. */
  async document({ chart, document, reason }: ParsedRequestOf<'chart.document'>): Promise<AsyncIterable<Uint8Array>> {
    needReason(reason);
    const { charts } = this.#services;
    const bytes = await charts.reader.document(chart, document);
    if (bytes === undefined) throw controlFault('control.not-found');
    const patient = charts.pseudonymOf(chart);
    await this.#ledger.tell({ kind: 'chart.opened', by: by(), chart, patient, what: 'document', reason });
    return slices(bytes);
  }

  async merge({ chart, taken, reason }: ParsedRequestOf<'chart.merge'>): Promise<AnswerInputOf<'chart.merge'>> {
    const { charts, records, clock } = this.#services;
    await charts.catchUp();
    const [patient, other, who, atMs] = [charts.pseudonymOf(chart), charts.pseudonymOf(taken), by(), clock.now()];
    const event = (no: number) =>
      this.#ledger.event({ kind: 'chart.merged', by: who, no, into: chart, taken, patient, other, reason });
    const no = await records.charts.merge({ into: chart, taken, atMs, by: who, reason, event });
    if (no === undefined) throw controlFault('control.conflict', CANNOT_MERGE);
    charts.changed();
    this.#services.eventsAppended();
    return { merge: { no, into: chart, taken, atMs, by: who, reason, undoneMs: null, undoneBy: '' } };
  }

  async unmerge({ no, reason }: ParsedRequestOf<'chart.unmerge'>): Promise<AnswerInputOf<'chart.unmerge'>> {
    const { charts, records, clock } = this.#services;
    await charts.catchUp();
    const merge = await records.charts.mergeOf(no);
    if (merge === undefined) throw controlFault('control.not-found');
    const { into, taken } = merge;
    const [who, atMs] = [by(), clock.now()];
    const [patient, other] = [charts.pseudonymOf(into), charts.pseudonymOf(taken)];
    const event = this.#ledger.event({ kind: 'chart.unmerged', by: who, no, into, taken, patient, other, reason });
    if (!(await records.charts.unmerge(no, { atMs, by: who }, [event])))
      throw controlFault('control.conflict', NOT_MERGED);
    charts.changed();
    this.#services.eventsAppended();
    const { atMs: mergedMs, by: mergedBy, reason: because } = merge;
    return { merge: { no, into, taken, atMs: mergedMs, by: mergedBy, reason: because, undoneMs: atMs, undoneBy: who } };
  }
}

/** Feeds and the tray of what is in no chart. */
class FeedControl {
  readonly #services: ControlServices;
  readonly #config: ConfigControl;
  readonly #ledger: Ledger;

  constructor(services: ControlServices, config: ConfigControl) {
    this.#services = services;
    this.#config = config;
    this.#ledger = new Ledger(services);
  }

  async list(): Promise<AnswerInputOf<'feed.list'>> {
    const { records, feeds, charts, continuity } = this.#services;
    const tallies = new Map((await records.charts.tallies()).map((tally) => [tally.feed, tally]));
    const states = (await records.feeds()).map((feed) => {
      const {
        received = 0,
        lastAtMs = 0,
        waiting = 0,
        notUnderstood = 0,
        quarantined = 0,
      } = tallies.get(feed.name) ?? {};
      const lastMs = lastAtMs === 0 ? null : lastAtMs;
      return {
        feed,
        connections: feeds.connectionsOf(feed.name),
        received,
        lastMs,
        waiting,
        notUnderstood,
        quarantined,
        silentSinceMs: continuity.feeds.silentSinceMs(feed.name),
      };
    });
    const forgotten = await records.chartRetention.forgotten();
    return { feeds: states, retention: { ...(await charts.keeping.policy()), forgotten } };
  }

  add(asked: ParsedRequestOf<'feed.add'>): Promise<AnswerInputOf<'feed.add'>> {
    const range = parseCidr(asked.from);
    if (range === undefined) throw controlFault('control.bad-request');
    const feed: Feed = { ...asked, from: formatCidr(range) };
    const say = (isNew: boolean) =>
      isNew
        ? text(`flux ${feed.name} admis depuis ${feed.from}`, `feed ${feed.name} admitted from ${feed.from}`)
        : text(`flux ${feed.name} depuis ${feed.from} modifié`, `feed ${feed.name} from ${feed.from} changed`);
    return this.#config.addFeed(feed, say);
  }

  remove({ name }: ParsedRequestOf<'feed.remove'>): Promise<AnswerInputOf<'feed.remove'>> {
    return this.#config.removeFeed(name, text(`flux ${name} retiré`, `feed ${name} removed`));
  }

  async messages(asked: ParsedRequestOf<'feed.messages'>): Promise<AnswerInputOf<'feed.messages'>> {
    const { records } = this.#services;
    const states = asked.state === undefined ? TRAY : [asked.state];
    const pages = await Promise.all(
      states.map((state) => records.charts.messages(state, asked.before, asked.limit + 1)),
    );
    const rows = pages.flat().sort((a, b) => b.no - a.no);
    return { messages: rows.slice(0, asked.limit).map((row) => this.#shown(row)), isCut: rows.length > asked.limit };
  }

  #shown(row: MessageRow): TrayMessageAnswer {
    const facts = this.#services.charts.sealer.openJson<MessageFacts>('facts', '', row.sealed);
    return {
      ...{ message: row.no, feed: row.feed, state: row.state as TrayMessageAnswer['state'], type: facts.type },
      ...{ answered: row.answered, bytes: row.bytes, heardMs: row.receivedAtMs, isRepeatedOtherwise: row.isOther },
      why: facts.problems.map(({ place, why }) => ({ place, why })),
    };
  }

  async message({ message: no, reason }: ParsedRequestOf<'feed.message'>): Promise<AnswerInputOf<'feed.message'>> {
    const { charts, records } = this.#services;
    const [row, whole] = await Promise.all([records.charts.message(no), charts.reader.messageText(no)]);
    if (row === undefined) throw controlFault('control.not-found');
    if (whole === undefined) throw controlFault('control.not-found', FORGOTTEN);
    await this.#ledger.tell({ kind: 'message.viewed', by: by(), feed: row.feed, message: no, reason });
    return { message: this.#shown(row), text: whole.text };
  }

  async retry({ message: no }: ParsedRequestOf<'feed.retry'>): Promise<AnswerInputOf<'feed.retry'>> {
    const { charts, records, feeds } = this.#services;
    const [row, body] = await Promise.all([records.charts.message(no), records.charts.body(no)]);
    if (row === undefined || body === undefined) throw controlFault('control.not-found');
    if (row.state === 'entered' || row.state === 'waiting') throw controlFault('control.conflict', UNDERSTOOD);
    const now = await feeds.readAgain(row.feed, charts.sealer.open('body', '', body));
    if (now === undefined) throw controlFault('control.conflict', NO_SANDBOX);
    await records.charts.readAgain(no, now);
    charts.changed();
    await charts.catchUp();
    const state = (await records.charts.message(no))?.state;
    const outcome = state === 'quarantined' || state === 'not-understood' ? state : 'entered';
    await this.#ledger.tell({ kind: 'message.retried', by: by(), feed: row.feed, message: no, outcome });
    return { outcome };
  }

  async dismiss({ message: no, reason }: ParsedRequestOf<'feed.dismiss'>): Promise<AnswerInputOf<'feed.dismiss'>> {
    const { records } = this.#services;
    const row = await records.charts.message(no);
    if (row === undefined) throw controlFault('control.not-found');
    if (!TRAY.includes(row.state)) throw controlFault('control.conflict', NOT_IN_TRAY);
    const event = this.#ledger.event({ kind: 'message.dismissed', by: by(), feed: row.feed, message: no, reason });
    await records.charts.setState(no, 'dismissed', [event]);
    this.#services.eventsAppended();
    return {};
  }
}

/** Whoever comes by the emergency door says why: their role may not have asked for anything before. */
function needReason(reason: string): void {
  const who = actor();
  if (who !== undefined && reason === '' && needsReason(who.role)) throw controlFault('control.bad-request', SAY_WHY);
}

async function* slices(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += SLICE_BYTES) yield bytes.subarray(at, at + SLICE_BYTES);
}

const SAY_WHY = text('Dites pourquoi vous ouvrez ce dossier.', 'Say why you open this chart.');
const NOTHING_ASKED = text(
  'Donnez un nom, un identifiant, une date de naissance ou une liste.',
  'Give a name, an identifier, a birth date or a list.',
);
const CANNOT_MERGE = text(
  'Ces dossiers ne peuvent pas être réunis : l’un n’existe pas, ou fait déjà partie d’un autre.',
  'These charts cannot be joined: one of them does not exist, or is part of another already.',
);
const FORGOTTEN = text(
  'Ce message n’est plus gardé tel que reçu : sa durée de conservation est passée. Ce qu’il disait est dans son dossier.',
  'This message is no longer kept as it came: its retention is over. What it told is in its chart.',
);
const NOT_MERGED = text('Cette réunion n’est plus en vigueur.', 'This merge does not stand any more.');
const UNDERSTOOD = text(
  'Ce message est compris : il est dans son dossier.',
  'This message is understood: it is in its chart.',
);
const NO_SANDBOX = text(
  'Aucun processus n’a pu le relire : réessayez.',
  'No process could read it again: try once more.',
);
const NOT_IN_TRAY = text('Ce message n’est pas parmi ceux à voir.', 'This message is not among those to be looked at.');

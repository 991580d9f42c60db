import { randomBytes } from 'node:crypto';
import {
  type ChartSealer,
  CT_IMAGE_STORAGE,
  DRILL_RESULT,
  type DrillIdentity,
  type DrillSender,
  drillImages,
  drillMessage,
  tracesOf,
} from '@leadglass/continuity';
import { EXPLICIT_VR_LITTLE_ENDIAN, encodeElements, STUDY_ROOT_FIND } from '@leadglass/dicom';
import { type Clock, type Text, text } from '@leadglass/kit';
import {
  DEFAULT_AE_TITLE,
  type Destination,
  DRILL_AE_TITLE,
  DRILL_PATIENT_NAME,
  type DrillStep,
  type DrillTold,
  type Feed,
} from '@leadglass/model';
import type { DrillTraces } from '@leadglass/records';
import type { ScuAssociation } from '@leadglass/wire';
import { actFor } from '../actor.ts';
import type { ControlServices } from '../control-services.ts';
import type { connectorTo } from '../destinations.ts';
import { ChartControl } from '../feeds/control.ts';
import type { FeedDesk } from '../feeds/feed-desk.ts';
import { studiesOf } from '../feeds/studies-of.ts';
import type { Imports } from '../imports.ts';
import { parseHostPort } from '../listeners.ts';
import { StepFailed, Steps } from './drill-steps.ts';
import { type LabDoor, sendResult } from './lab-door.ts';
import { firstFrame, type PageDoor } from './page-door.ts';

/** What the keeper hands to a drill: the doors everybody uses. */
export interface DrillRunTools
  extends Pick<ControlServices, 'charts' | 'catalogue' | 'records' | 'clock' | 'eventsAppended' | 'listeners'> {
  readonly clock: Clock;
  readonly imports: Pick<Imports, 'openDrill' | 'closeOne'>;
  readonly feeds: Pick<FeedDesk, 'takeOwn'>;
  /** Lets the laboratory of the drill in, or nobody. */
  useFeed(feed: Feed | undefined): void;
  readonly connect: ReturnType<typeof connectorTo>;
  /** The site's authority, PEM. */
  authority(): string;
  /** The console's own way to images; undefined where there is no console. */
  page(): PageDoor | undefined;
  /** Names of what objects and questions would go to. */
  upstreams(): readonly string[];
}

/** Everything by which one drill is known: written down before anything is sent. */
export interface DrillPlan {
  readonly identity: DrillIdentity;
  readonly sender: DrillSender;
}

/** What came of it. */
export type DrillCame = Pick<
  DrillTold,
  'outcome' | 'steps' | 'failedAt' | 'why' | 'untried' | 'imageMs' | 'labMs' | 'cutOff'
> & { readonly cause?: unknown };

/** Who reads charts and images for it, in the ledger. */
const READER = { name: 'leadglass-drill', role: 'emergency' } as const;
/** No step is waited for longer, however late it is: ten minutes without an image are a failure and no measurement. */
const MOST_MS = 10 * 60_000;
const RANDOM_BYTES = 12;
const ASK_AGAIN_MS = 5_000;

/** A plan nobody else has: 96 random bits in the number, 2.25 and an integer of 128 bits as the study (PS3.5 §B.2). */
export function newPlan(atMs: number): DrillPlan {
  const secret = randomBytes(RANDOM_BYTES).toString('hex').toUpperCase();
  const uid = BigInt(`0x1${randomBytes(15).toString('hex')}`);
  return {
    identity: { patientId: `EXERCICE-${secret}`, studyInstanceUid: `2.25.${uid}`, atMs },
    sender: { application: `${DRILL_AE_TITLE}-${secret.slice(0, 12)}`, controlId: secret },
  };
}

export function traces(sealer: ChartSealer, { identity, sender }: DrillPlan): DrillTraces {
  return tracesOf(sealer, DRILL_AE_TITLE, drillMessage(identity, sender));
}

/**
 * One drill: a result through the laboratory's door and images through the scanner's, then read as the emergency page reads them. Never rejects. What it
 * made is not destroyed here.
 */
export class DrillRun {
  readonly #tools: DrillRunTools;
  readonly #plan: DrillPlan;
  readonly #steps: Steps;
  readonly #signal: AbortSignal;
  readonly #untried: { step: string; why: Text }[] = [{ step: 'worklist', why: NO_WORKLIST }, SIGN_IN];
  readonly #acts: ChartControl;
  #imageMs: number | null = null;
  #labMs: number | null = null;

  constructor(tools: DrillRunTools, plan: DrillPlan, signal: AbortSignal, told: (step: DrillStep) => void) {
    this.#tools = tools;
    this.#plan = plan;
    this.#signal = signal;
    this.#steps = new Steps(tools.clock, signal, told);
    this.#acts = new ChartControl(tools);
  }

  async run(): Promise<DrillCame> {
    const cutOff = this.#tools.upstreams();
    try {
      const chart = await this.#result();
      await this.#images(chart);
      await this.#steps.of('alone', MOST_MS, () => this.#isAlone());
      return { ...this.#facts(cutOff), outcome: 'in-time', failedAt: '', why: NOTHING };
    } catch (thrown) {
      const { step, why, cause } =
        thrown instanceof StepFailed ? thrown : { step: '', why: NOTHING, cause: thrown as unknown };
      return { ...this.#facts(cutOff), outcome: 'failed', failedAt: step, why, cause };
    }
  }

  #facts(cutOff: readonly string[]) {
    const { done: steps } = this.#steps;
    return { steps, untried: this.#untried, imageMs: this.#imageMs, labMs: this.#labMs, cutOff };
  }

  /** The laboratory's way; the number of the chart. */
  async #result(): Promise<number> {
    const { identity, sender } = this.#plan;
    const message = drillMessage(identity, sender);
    const began = this.#steps.now();
    await this.#steps.of('lab-sent', MOST_MS, () => this.#send(message));
    const chart = await this.#steps.of('lab-chart', MOST_MS, () => this.#steps.until(() => this.#charted()));
    this.#labMs = Math.round(this.#steps.now() - began);
    await this.#steps.of('patient', MOST_MS, () => this.#found(chart));
    return chart;
  }

  async #send(message: Uint8Array): Promise<void> {
    const door = this.#labDoor();
    const feed = feedOf(this.#plan.sender.application, door);
    if (door === undefined) this.#untried.push({ step: 'hl7', why: NO_HL7 });
    this.#tools.useFeed(door === undefined ? undefined : feed);
    const code =
      door === undefined
        ? await this.#tools.feeds.takeOwn(feed, message)
        : await sendResult(door, message, this.#signal);
    if (code !== 'AA') throw new StepFailed('lab-sent', notTaken(code ?? ''));
  }

  #labDoor(): LabDoor | undefined {
    const listeners = this.#tools.listeners();
    const plain = addressOf(listeners, 'hl7');
    if (plain !== undefined) return { ...plain, ca: undefined };
    const tls = addressOf(listeners, 'hl7-tls');
    return tls === undefined ? undefined : { ...tls, ca: this.#tools.authority() };
  }

  /** The chart in which the value stands, once it does. */
  async #charted(): Promise<number | undefined> {
    const { charts } = this.#tools;
    await charts.catchUp();
    const { found } = await charts.reader.search({ words: this.#plan.identity.patientId, limit: 2 });
    const no = found[0]?.patient.chart;
    const chart = no === undefined ? undefined : await charts.reader.chart(no);
    const results = chart?.groups.flatMap((group) => group.results) ?? [];
    const isIn = results.some(
      ({ code, versions }) => code.id === DRILL_RESULT.code && versions[0]?.values[0] === DRILL_RESULT.value,
    );
    return isIn ? no : undefined;
  }

  /** By name, as somebody at the page would. */
  async #found(chart: number): Promise<void> {
    const { family, given } = DRILL_PATIENT_NAME;
    const asked = { words: `${family} ${given}`, limit: 100 } as const;
    const { patients } = await actFor(READER, () => this.#acts.search(asked));
    if (!patients.some((each) => each.patient.chart === chart)) throw new StepFailed('patient', NOT_FOUND);
  }

  /** The scanner's way, to the first picture. */
  async #images(chart: number): Promise<void> {
    const began = this.#steps.now();
    const images = drillImages(this.#plan.identity);
    await this.#device(images);
    await this.#steps.of('chart', MOST_MS, () => this.#steps.until(() => this.#listed(chart)));
    await this.#steps.of('image', MOST_MS, () => this.#picture(chart, images));
    this.#imageMs = Math.round(this.#steps.now() - began);
  }

  /** Stores, then asks for what it stored: with its upstream gone it is answered from here. */
  async #device(images: ReturnType<typeof drillImages>): Promise<void> {
    const { imports } = this.#tools;
    const { listening, isTls } = this.#listener();
    const door = imports.openDrill(listening);
    if (door === undefined) throw new StepFailed('stored', NO_LISTENER);
    let association: ScuAssociation | undefined;
    try {
      const opened = await this.#steps.of('stored', MOST_MS, async () => {
        association = await this.#call(door, isTls);
        for (const image of images) {
          const { status } = await association.store({
            ...{ ...image, dataSet: [image.dataSet], length: image.dataSet.length },
          });
          if (status !== 0) throw new StepFailed('stored', refused(status));
        }
        return association;
      });
      await this.#steps.of('device', MOST_MS, () => this.#ask(opened));
    } finally {
      await association?.release();
      imports.closeOne(door.calling);
    }
  }

  #listener(): { readonly listening: string; readonly isTls: boolean } {
    const listeners = this.#tools.listeners();
    const plain = listeners.find(({ name }) => name === 'dimse')?.address;
    const listening = plain ?? listeners.find(({ name }) => name === 'dimse-tls')?.address ?? '';
    return { listening, isTls: plain === undefined };
  }

  #call({ host, port, calling }: NonNullable<ReturnType<Imports['openDrill']>>, tls: boolean): Promise<ScuAssociation> {
    const to: Destination = {
      ...{ name: DRILL_AE_TITLE, host, port, called: DEFAULT_AE_TITLE, calling, tls },
      commitment: false,
    };
    const contexts = [CT_IMAGE_STORAGE, STUDY_ROOT_FIND].map((abstractSyntax) => ({
      abstractSyntax,
      transferSyntaxes: [EXPLICIT_VR_LITTLE_ENDIAN],
    }));
    return this.#tools.connect(to, contexts, this.#signal);
  }

  /** A question of the device about its patient: answered from the vault, with the one study. */
  async #ask(association: ScuAssociation): Promise<void> {
    const { patientId, studyInstanceUid } = this.#plan.identity;
    const identifier = encodeElements(
      [
        { tag: 0x00080052, value: 'STUDY' },
        { tag: 0x00100020, value: patientId },
        { tag: 0x0020000d, value: studyInstanceUid },
      ],
      EXPLICIT_VR_LITTLE_ENDIAN,
    );
    // Each question is an entry of the ledger: few, and far apart.
    const ask = async () => {
      const { status, matches } = await association.find({ sopClassUid: STUDY_ROOT_FIND, priority: 0, identifier });
      if (status !== 0) throw new StepFailed('device', refused(status));
      return matches === 1 ? true : undefined;
    };
    await this.#steps.until(ask, ASK_AGAIN_MS);
  }

  async #listed(no: number): Promise<true | undefined> {
    const { charts, catalogue } = this.#tools;
    const chart = await charts.reader.chart(no);
    const studies = chart === undefined ? [] : await studiesOf(catalogue, chart.identities);
    return studies.some((each) => this.#isOurs(each)) ? true : undefined;
  }

  #isOurs({ studyInstanceUid }: { readonly studyInstanceUid: string }): boolean {
    return studyInstanceUid === this.#plan.identity.studyInstanceUid;
  }

  /** Opens the patient as the page does, which the ledger is told of, then the first frame, which has to be the one that was sent. */
  async #picture(chart: number, [first]: ReturnType<typeof drillImages>): Promise<void> {
    const reason = 'exercice / drill';
    const { studies } = await actFor(READER, () => this.#acts.patient({ chart, reason }));
    const study = studies.find((each) => this.#isOurs(each))?.studyInstanceUid;
    if (study === undefined || first === undefined) throw new StepFailed('image', NOT_FOUND);
    const page = this.#tools.page();
    if (page === undefined) throw new StepFailed('image', NO_CONSOLE);
    const { seriesInstanceUid: series, sopInstanceUid: instance, pixels } = first;
    const frame = await firstFrame(page, READER.name, { study, series, instance }, this.#signal);
    if (!Buffer.from(frame).equals(pixels)) throw new StepFailed('image', OTHER_PIXELS);
  }

  /** Nothing of it is owed to anybody, and all of it is its own. */
  async #isAlone(): Promise<void> {
    const { records } = this.#tools;
    const objects = await records.overview.custodyOfStudy(this.#plan.identity.studyInstanceUid, 100);
    for (const { sha256 } of objects)
      if ((await records.listDeliveries({ sha256 }, 1)).length > 0) throw new StepFailed('alone', NOT_ALONE);
  }
}

function feedOf(application: string, door: LabDoor | undefined): Feed {
  const host = door?.host ?? '127.0.0.1';
  return {
    ...{ name: DRILL_AE_TITLE, kind: 'lab', from: `${host}/${host.includes(':') ? 128 : 32}`, application },
    ...{ charset: 'windows-1252', processing: 'production', mostPerSecond: 100 },
  };
}

/** Whoever listens everywhere is reached by the loopback address. */
function addressOf(
  listeners: ReturnType<DrillRunTools['listeners']>,
  wanted: string,
): { readonly host: string; readonly port: number } | undefined {
  const found = listeners.find(({ name }) => name === wanted);
  const address = found === undefined ? undefined : parseHostPort(found.address);
  if (address === undefined) return undefined;
  return ['0.0.0.0', '::', 'localhost'].includes(address.host) ? { ...address, host: '127.0.0.1' } : address;
}

const hex = (status: number): string => status.toString(16).toUpperCase().padStart(4, '0');
const NOTHING = text('', '');
const refused = (status: number): Text => text(`refusé, statut ${hex(status)}.`, `refused, status ${hex(status)}.`);
const notTaken = (code: string): Text => {
  const shown = /^A[AER]$/.test(code) ? code : '?';
  return text(`le résultat n’a pas été pris (${shown}).`, `the result was not taken (${shown}).`);
};
const NOT_FOUND = text('il n’a pas été trouvé.', 'it was not found.');
const NO_LISTENER = text(
  'la passerelle n’écoute pas les appareils (--dimse).',
  'the gateway does not listen for devices (--dimse).',
);
const OTHER_PIXELS = text(
  'l’image reçue n’est pas celle envoyée.',
  'the image that came is not the one that was sent.',
);
const NOT_ALONE = text(
  'quelque chose de l’exercice est dû à une destination.',
  'something of the drill is owed to a destination.',
);
const NO_CONSOLE = text(
  'la console est arrêtée (--console off) : personne ne pourrait voir l’image.',
  'the console is off (--console off): nobody could see the image.',
);
const NO_HL7 = text(
  'aucun port HL7 n’écoute (--hl7) : le résultat est entré par le même chemin, à partir de la lecture.',
  'no HL7 port listens (--hl7): the result came in by the same way, from the reading on.',
);
const NO_WORKLIST = text(
  'une entrée d’exercice serait montrée aux vrais appareils.',
  'an entry of a drill would be shown to real devices.',
);
const SIGN_IN = {
  step: 'sign-in',
  why: text('personne ne s’est connecté : entraînez-y les équipes.', 'nobody signed in: have people practise that.'),
};

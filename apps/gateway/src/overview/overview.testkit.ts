import { createHash } from 'node:crypto';
import type { TestContext } from 'node:test';
import { Cataloguer, SealedCatalogue, Sealer } from '@leadglass/catalogue';
import { renderConfig } from '@leadglass/config';
import { tagOf } from '@leadglass/dicom';
import { Secret, silentLogger, text, uuidv7 } from '@leadglass/kit';
import {
  type AeTitle,
  type Arrival,
  type Event,
  type EventOf,
  type Finding,
  parseSha256,
  type Sha256,
} from '@leadglass/model';
import { type AttributeSet, nameOf } from '@leadglass/query';
import { CLOCK, type House, house } from '../control.testkit.ts';
import { readConfig } from '../services.ts';

/** Words that are a patient’s: none of them may be in an answer but a search’s. */
export const PATIENT = {
  PatientName: 'DUPONT^Maëlle',
  PatientID: 'IPP-7788421',
  PatientBirthDate: '19710203',
  AccessionNumber: 'ACC-5512',
  StudyDescription: 'TDM abdomen urgent',
  StudyDate: '20260105',
} as const;

const sealer = new Sealer(new Secret(Buffer.alloc(32, 7)));
export const sha = (name: string): Sha256 => parseSha256(createHash('sha256').update(name).digest('hex')) as Sha256;
const why = text('raison', 'reason');

/** How an object comes. */
export interface Coming {
  readonly study?: string;
  readonly association?: string;
  readonly kind?: 'deliver' | 'hold' | 'refuse';
  readonly destinations?: readonly string[];
  readonly verdict?: Arrival['verdict'];
  readonly patient?: Readonly<Record<string, string>>;
  readonly atMs?: number;
}

/** A house with a real catalogue and real settings, filled as a gateway fills it. */
export interface Filled extends House {
  arrive(name: string, coming?: Coming): Promise<Sha256>;
  tell(...events: readonly Event[]): Promise<void>;
  /** Enters what arrived into the catalogue. */
  enter(): Promise<void>;
}

export async function filled(t: TestContext): Promise<Filled> {
  const it = await house(t);
  const { records } = it;
  const cataloguer = new Cataloguer({ records: records.catalogue, sealer, clock: CLOCK, log: silentLogger });
  const catalogue = new SealedCatalogue({ records: records.catalogue, sealer });
  const services = {
    ...it.services,
    ...{ renderConfig, readConfig },
    catalogue: {
      ...it.services.catalogue,
      search: (...asked: Parameters<SealedCatalogue['search']>) => catalogue.search(...asked),
    },
  };
  return {
    ...{ ...it, services },
    arrive: (name, coming = {}) => arrive(it, name, coming),
    tell: (...events) => records.appendEvents(events),
    enter: async () => void (await cataloguer.catchUp(1)),
  };
}

export const at = (atMs = CLOCK.now()) => ({ id: uuidv7(atMs), atMs });

export function association(id: string, calling = 'CT1', remoteAddress = '192.0.2.7') {
  return { associationId: id, calling, called: 'LEADGLASS', remoteAddress, listener: 'dimse' } as const;
}

export function rejected(
  calling: string,
  remoteAddress: string,
  more: Partial<EventOf<'association.rejected'>> = {},
): Event {
  const reason = { result: 1, source: 1, reason: 3, why, hint: '' };
  return {
    ...at(),
    kind: 'association.rejected',
    ...association(uuidv7(CLOCK.now()), calling, remoteAddress),
    ...reason,
    ...more,
  };
}

const FINDING: Finding = {
  ...{ inspector: 'structure', code: 'structure.odd', severity: 'suspicious', path: '(0010,0010)', offset: 1 },
  ...{ text: why, cites: 'PS3.5' },
};

async function arrive({ records, objects }: House, name: string, coming: Coming): Promise<Sha256> {
  const {
    study = '1.9',
    association: associationId = uuidv7(CLOCK.now()),
    kind = 'deliver',
    destinations = [],
  } = coming;
  const sha256 = sha(name);
  objects.set(sha256, Buffer.from(name));
  const atMs = coming.atMs ?? CLOCK.now();
  const verdict = coming.verdict ?? (kind === 'deliver' ? 'clean' : 'suspicious');
  const uid = `${study}.${BigInt(`0x${sha256.slice(0, 10)}`)}`;
  const arrival: Arrival = {
    ...{
      id: uuidv7(atMs),
      associationId,
      peer: 'CT1' as AeTitle,
      remoteAddress: '192.0.2.7',
      receivedAtMs: atMs,
      sha256,
    },
    ...{ plainBytes: 1000, sealedBytes: 1200, metaBytes: 300, place: { kind: 'file' } },
    ...{ sopClassUid: '1.2.840.10008.5.1.4.1.1.2', sopInstanceUid: uid, transferSyntaxUid: '1.2.840.10008.1.2.1' },
    ...{ studyInstanceUid: study, seriesInstanceUid: `${study}.1`, modality: 'CT', patient: 'pseudonym', verdict },
    ...{ findings: kind === 'deliver' ? [] : [FINDING], disposition: { kind, reasons: [why], status: 0 } },
  };
  const facts = {
    ...{ arrivalId: arrival.id, associationId, peer: 'CT1', remoteAddress: '192.0.2.7', sha256, bytes: 1000, verdict },
    ...{
      sopClassUid: arrival.sopClassUid,
      sopInstanceUid: uid,
      studyInstanceUid: study,
      patient: 'pseudonym',
      findings: [],
    },
  };
  const event = (): Event => {
    if (kind === 'refuse') return { ...at(atMs), kind: 'arrival.refused', ...facts, status: 0xc000, why: [why] };
    if (kind === 'hold') return { ...at(atMs), kind: 'arrival.held', ...facts, why: [why] };
    return { ...at(atMs), kind: 'arrival.stored', ...facts, outcome: 'stored', destinations };
  };
  const sealed = sealer.sealJson('arrival', sha256, JSON.stringify(attributesOf(arrival, coming.patient ?? PATIENT)));
  await records.commitArrivals([
    { arrival, destinations, event, answer: { status: 0 }, isKept: kind !== 'refuse', catalogued: sealed },
  ]);
  return sha256;
}

function attributesOf(arrival: Arrival, patient: Readonly<Record<string, string>>): AttributeSet {
  const all = {
    ...patient,
    ...{ StudyInstanceUID: arrival.studyInstanceUid, SeriesInstanceUID: arrival.seriesInstanceUid },
    ...{ SOPInstanceUID: arrival.sopInstanceUid, SOPClassUID: arrival.sopClassUid, Modality: arrival.modality },
  };
  return Object.fromEntries(Object.entries(all).map(([keyword, value]) => [nameOf(tagOf(keyword) ?? 0), value]));
}

export function delivered(sha256: Sha256, study: string, destination = 'PACS'): Event {
  return {
    ...{ ...at(), kind: 'delivery.delivered', destination, deliveryId: 1, sha256, attempts: 1, status: 0 },
    ...{ sopClassUid: '1.2', sopInstanceUid: '1.2.3', studyInstanceUid: study, patient: 'pseudonym' },
  };
}

import type { FileMeta } from '@leadglass/dicom';
import {
  isBoundary,
  type MultipartHandler,
  MultipartReader,
  type PartHeaders,
  parseMediaType,
  plainChoice,
  type StoredPart,
  storeResponse,
  storeStatus,
} from '@leadglass/dicomweb';
import { FileInspection } from '@leadglass/inspect';
import { type Text, text } from '@leadglass/kit';
import { type Finding, type Peer, verdictOf } from '@leadglass/model';
import { acceptsAbstractSyntax } from '@leadglass/policy';
import { ArrivalPipeline } from '@leadglass/relay';
import { arrivalMessage, refusedMessage } from '../arrival-messages.ts';
import { noRoom, type Refusal } from '../intake-refusals.ts';
import type { IntakeServices } from '../intake-session.ts';
import { granted } from './call.ts';
import { acceptedBy, type Exchange } from './exchange.ts';
import { PROBLEMS, WebRefusal } from './problems.ts';

/** Objects sent and not answered for: what comes is read on meanwhile. */
const MOST_UNANSWERED = 16;
const WRITABLE_UID = /^[0-9.]{1,64}$/;
const JSON_TYPE = 'application/dicom+json';
const XML_TYPE = 'application/dicom+xml';

/** Where the answers to a session's objects come in. */
export interface Sessions {
  open(id: number, answered: (seq: number, status: number) => void): void;
  close(id: number): void;
}

/** STOW-RS (PS3.18 §10.5): each part goes the way of a C-STORE, inspected, sealed and durable before the answer counts it as stored. */
export async function store(
  exchange: Exchange,
  study: string | undefined,
  body: AsyncIterable<Uint8Array>,
  services: IntakeServices,
  sessions: Sessions,
): Promise<void> {
  const choice = plainChoice(acceptedBy(exchange), [JSON_TYPE, 'application/json', XML_TYPE]);
  if (choice === undefined) throw new WebRefusal(PROBLEMS.notAcceptable);
  const boundary = boundaryOf(exchange.headers['content-type']);
  const grant = await exchange.call.ask(exchange.who, exchange.route, { kind: 'store', study: study ?? '' });
  const { session, peer } = granted(grant, 'store');
  const parts = new Parts(session, peer, study, services);
  sessions.open(session, (seq, status) => parts.answered(seq, status));
  try {
    await takeBody(parts, boundary, body);
    const stored = await parts.all();
    const status = storeStatus(stored);
    const isXml = choice.type === XML_TYPE;
    exchange.given = stored.filter((part) => part.status === 0 || part.status >> 12 === 0xb).length;
    exchange.failed = stored.length - exchange.given;
    const type = isXml ? XML_TYPE : JSON_TYPE;
    exchange.answer.send(status, { 'content-type': type }, storeResponse(stored, exchange.base, study, isXml));
  } finally {
    // What has come whole is answered for, whatever became of the request: the keeper decides on it.
    parts.discard();
    await parts.settled();
    sessions.close(session);
    services.endObjects(session);
  }
}

/** The boundary of the body; undefined: the body is one object. Throws WebRefusal 400, 415. */
function boundaryOf(contentType: string | undefined): string | undefined {
  const type = parseMediaType(contentType ?? '');
  if (type?.type === 'application/dicom') return undefined;
  const inner = type?.parameters.get('type')?.toLowerCase() ?? 'application/dicom';
  if (type?.type !== 'multipart/related' || inner !== 'application/dicom') throw new WebRefusal(PROBLEMS.notMedia);
  const boundary = type.parameters.get('boundary') ?? '';
  if (!isBoundary(boundary)) throw new WebRefusal(PROBLEMS.badMultipart);
  return boundary;
}

async function takeBody(parts: Parts, boundary: string | undefined, body: AsyncIterable<Uint8Array>): Promise<void> {
  const reader = boundary === undefined ? undefined : new MultipartReader(boundary, parts);
  if (reader === undefined) parts.part(new Map());
  for await (const chunk of body) {
    if (reader === undefined) parts.data(chunk);
    else reader.push(chunk);
    await parts.room();
  }
  if (reader === undefined) parts.partEnd();
  reader?.end();
  // What came whole before is kept and told of; a body that holds nothing at all is no request.
  if (reader?.fault !== undefined && parts.count === 0) throw new WebRefusal(PROBLEMS.badMultipart);
  if (reader?.fault !== undefined) parts.broken();
  if (parts.count === 0) throw new WebRefusal(PROBLEMS.badMultipart);
}

interface Uids {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
}

const NO_UIDS: Uids = { sopClassUid: '', sopInstanceUid: '', studyInstanceUid: '', seriesInstanceUid: '' };

/** The part that is coming in. */
interface Coming {
  readonly lead: FileInspection;
  meta: FileMeta | undefined;
  pipeline: ArrivalPipeline | undefined;
  refusal: Refusal | undefined;
  bytes: number;
}

/** The parts of one request: each an object on its way into custody. */
class Parts implements MultipartHandler {
  readonly #session: number;
  readonly #peer: Peer;
  readonly #study: string | undefined;
  readonly #services: IntakeServices;
  #coming: Coming | undefined;
  #nextSeq = 0;
  readonly #open = new Map<number, (status: number) => void>();
  readonly #parts: Promise<StoredPart>[] = [];

  constructor(session: number, peer: Peer, study: string | undefined, services: IntakeServices) {
    this.#session = session;
    this.#peer = peer;
    this.#study = study;
    this.#services = services;
  }

  /** Parts that came whole, or as far as they came. */
  get count(): number {
    return this.#parts.length;
  }

  part(headers: PartHeaders): void {
    const type = parseMediaType(headers.get('content-type') ?? 'application/dicom')?.type;
    const coming: Coming = {
      lead: new FileInspection({
        dataSet: { begin: (meta) => this.#begin(coming, meta), push: (bytes) => this.#push(coming, bytes) },
      }),
      meta: undefined,
      pipeline: undefined,
      refusal: type === 'application/dicom' ? undefined : NOT_DICOM,
      bytes: 0,
    };
    this.#coming = coming;
  }

  data(bytes: Uint8Array): void {
    const coming = this.#coming;
    if (coming === undefined) return;
    coming.bytes += bytes.byteLength;
    if (coming.refusal === undefined) coming.lead.push(bytes);
  }

  partEnd(): void {
    const coming = this.#coming;
    this.#coming = undefined;
    if (coming !== undefined) this.#parts.push(this.#finish(coming));
  }

  /** The body ended within a part: that one is not kept, and is told of as not stored. */
  broken(): void {
    const coming = this.#coming;
    if (coming === undefined) return;
    this.#coming = undefined;
    coming.pipeline?.discard();
    this.#parts.push(this.#refuse({ ...coming, pipeline: undefined, refusal: CUT_OFF }));
  }

  /** The request will not be completed. */
  discard(): void {
    this.#coming?.pipeline?.discard();
    this.#coming = undefined;
  }

  /** Resolves when so few wait for their answer that more may be read. */
  async room(): Promise<void> {
    while (this.#open.size >= MOST_UNANSWERED) await Promise.race(this.#parts.slice(-this.#open.size));
  }

  answered(seq: number, status: number): void {
    this.#open.get(seq)?.(status);
    this.#open.delete(seq);
  }

  all(): Promise<StoredPart[]> {
    return Promise.all(this.#parts);
  }

  async settled(): Promise<void> {
    await Promise.allSettled(this.#parts);
  }

  #begin(coming: Coming, meta: FileMeta): void {
    coming.meta = meta;
    coming.refusal = this.#refusalOf(meta);
    if (coming.refusal !== undefined) return;
    try {
      const {
        mediaStorageSopClassUid: sopClassUid,
        mediaStorageSopInstanceUid: sopInstanceUid,
        transferSyntaxUid,
      } = meta;
      const isStrict = this.#peer.strictness === 'strict';
      const sink = this.#services.beginObject(this.#session);
      coming.pipeline = new ArrivalPipeline(
        { sopClassUid, sopInstanceUid, transferSyntaxUid },
        sink,
        isStrict,
        this.#services.inspectors,
      );
    } catch (thrown) {
      coming.refusal = noRoom(thrown);
    }
  }

  #refusalOf({
    isGuessed,
    mediaStorageSopClassUid,
    mediaStorageSopInstanceUid,
    transferSyntaxUid,
  }: FileMeta): Refusal | undefined {
    const areUids = [mediaStorageSopClassUid, mediaStorageSopInstanceUid, transferSyntaxUid].every((uid) =>
      WRITABLE_UID.test(uid),
    );
    if (isGuessed || !areUids) return NOT_DICOM;
    return acceptsAbstractSyntax(this.#peer, mediaStorageSopClassUid) ? undefined : NOT_THIS_CLASS;
  }

  #push(coming: Coming, bytes: Uint8Array): void {
    if (coming.refusal !== undefined) return;
    try {
      coming.pipeline?.push(bytes);
    } catch (thrown) {
      coming.pipeline?.discard();
      coming.refusal = noRoom(thrown);
    }
  }

  async #finish(coming: Coming): Promise<StoredPart> {
    const { pipeline, meta, refusal } = coming;
    const lead = coming.lead.end();
    if (refusal !== undefined || pipeline === undefined || meta === undefined)
      return this.#refuse({ ...coming, refusal: refusal ?? NOT_DICOM });
    const seq = this.#nextSeq++;
    const answer = this.#answerTo(seq);
    try {
      const received = await pipeline.finish();
      if (received.kept !== undefined) this.#services.whenAnswered(this.#session, seq, received.kept.settled);
      const findings: readonly Finding[] = [...lead.findings, ...received.inspected.findings].slice(0, 100);
      const inspected = { ...received.inspected, findings, verdict: verdictOf(findings) };
      const message = arrivalMessage(this.#session, seq, announcementOf(meta), { ...received, inspected });
      const { studyInstanceUid, seriesInstanceUid } = message;
      const isElsewhere = this.#study !== undefined && studyInstanceUid !== this.#study;
      this.#services.tell(isElsewhere ? { ...message, failure: OTHER_STUDY } : message);
      const uids = { sopClassUid: message.sopClassUid, sopInstanceUid: message.sopInstanceUid };
      return { ...uids, studyInstanceUid, seriesInstanceUid, status: await answer };
    } catch (thrown) {
      this.#open.delete(seq);
      return this.#refuse({ ...coming, refusal: noRoom(thrown) });
    }
  }

  /** An object that was offered is told of in the ledger, whatever was wrong with it. */
  async #refuse({ meta, refusal = NOT_DICOM, bytes }: Coming): Promise<StoredPart> {
    const seq = this.#nextSeq++;
    const answer = this.#answerTo(seq);
    this.#services.tell(refusedMessage(this.#session, seq, { ...announcementOf(meta), refusal, bytes }));
    const { affectedSopClassUid, affectedSopInstanceUid } = announcementOf(meta).command;
    const uids = {
      ...NO_UIDS,
      sopClassUid: shownUid(affectedSopClassUid),
      sopInstanceUid: shownUid(affectedSopInstanceUid),
    };
    return { ...uids, status: (await answer) || refusal.status };
  }

  #answerTo(seq: number): Promise<number> {
    return new Promise((resolve) => this.#open.set(seq, resolve));
  }
}

function shownUid(uid: string): string {
  return WRITABLE_UID.test(uid) ? uid : '';
}

function announcementOf(meta: FileMeta | undefined) {
  const { mediaStorageSopClassUid = '', mediaStorageSopInstanceUid = '', transferSyntaxUid = '' } = meta ?? {};
  const command = {
    affectedSopClassUid: mediaStorageSopClassUid.slice(0, 128),
    affectedSopInstanceUid: mediaStorageSopInstanceUid.slice(0, 128),
  };
  return { command, transferSyntax: transferSyntaxUid.slice(0, 128) };
}

const refusal = (status: number, comment: string, why: Text): Refusal => ({ status, comment, why });

const NOT_DICOM = refusal(
  0xc000,
  'Not a DICOM file',
  text('la partie n’est pas un fichier DICOM avec son en-tête', 'the part is not a DICOM file with its header'),
);
const CUT_OFF = refusal(
  0xc000,
  'Cut off',
  text('la demande s’arrête au milieu de l’objet', 'the request ends in the middle of the object'),
);
const NOT_THIS_CLASS = refusal(
  0x0122,
  'SOP class not supported',
  text(
    'ce client n’a pas le droit d’envoyer des objets de cette classe',
    'this client has no right to send objects of this class',
  ),
);
const OTHER_STUDY = refusal(
  0xa900,
  'Not of the study of the request',
  text('l’objet n’est pas de l’examen que la demande nomme', 'the object is not of the study that the request names'),
);

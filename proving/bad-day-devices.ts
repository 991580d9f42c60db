import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { encodeElements, IMPLICIT_VR_LITTLE_ENDIAN, MODALITY_PERFORMED_PROCEDURE_STEP } from '@leadglass/dicom';
import {
  COMMAND_FIELD,
  type Command,
  commandOf,
  STORAGE_COMMITMENT_PUSH_MODEL,
  STORAGE_COMMITMENT_PUSH_MODEL_INSTANCE,
} from '@leadglass/dimse';
import { encodeCommitmentRequest } from '@leadglass/relay';
import { callPeer, contextOf } from './dimse-peer.ts';
import type { Gateway } from './gateway.ts';
import { type MadeObject, makeObject } from './objects.ts';
import { storescu } from './outage.ts';
import { findscu } from './querying.ts';

/** What a device does over and over. */
export const WORKS = ['store', 'worklist', 'find', 'mpps', 'commit'] as const;
export type Work = (typeof WORKS)[number];

const STEP_ROOT = '2.25.40000';
const COMMIT_ROOT = '2.25.50000';
const STEP = 'ScheduledProcedureStepSequence[0]';
const SUCCESS = 0;
/** PS3.4 Table F.7.2-1: it exists already; it may no longer be updated. */
const EXISTS = 0x0111;
const NO_LONGER = 0x0110;
const PENDING = 0xff00;
/** findscu printed none. */
const NO_ANSWER = 0xffff;
/** No status of DIMSE: the association was rejected; it was accepted without the service. */
export const REJECTED = 0x1_0000;
export const NOT_OFFERED = 0x2_0000;
const AGAIN_MS = 300;
const IMAGES_OF_A_STUDY = 3;

/** One device's word with us that was answered. `isAgain`: an earlier try of the very same was cut off, and may have been taken. */
export interface Said {
  readonly work: Work;
  readonly status: number;
  readonly isAgain: boolean;
}

/** Scanners and workstations at work, all at once, until they are told to stop; each tries again what was cut off, as devices do. */
export class Devices {
  /** Objects a device was told are stored. */
  readonly stored: MadeObject[] = [];
  /** What every word was answered with, in order of each device. */
  readonly said: Said[] = [];
  /** Steps that were begun and ended with success, in order. */
  readonly steps: string[] = [];
  /** Transactions that were taken, and what each asked about. */
  readonly asked = new Map<string, readonly string[]>();
  /** Worklist entries each answer had. */
  readonly entries: number[] = [];
  /** Tries that ended without an answer, and what a program said of the last. */
  readonly cut = new Map<Work, number>();
  /** The longest any try took, from calling us to its end. */
  readonly slowestMs = new Map<Work, number>();
  lastWords = '';
  readonly #gateway: Gateway;
  readonly #paceMs: number;
  readonly #before: readonly MadeObject[];
  readonly #folder = mkdtempSync(join(tmpdir(), 'leadglass-bad-day-'));
  // Not those of an earlier day.
  readonly #day = Date.now();
  #isOn = true;
  #isHalted = false;
  #running: Promise<unknown> | undefined;

  /** @param before what was stored on an earlier day: asked about until something is stored on this one. */
  constructor(gateway: Gateway, paceMs: number, before: readonly MadeObject[] = []) {
    this.#gateway = gateway;
    this.#paceMs = paceMs;
    this.#before = before;
  }

  start(): void {
    const works = [this.#store, this.#worklist, this.#find, this.#mpps, this.#commit];
    this.#running = Promise.all(works.map((work) => this.#overAndOver(work)));
    // Told by `stop`.
    this.#running.catch(() => {});
  }

  /** Ends them whatever they are at. */
  halt(): void {
    this.#isOn = false;
    this.#isHalted = true;
  }

  /** Lets each end what it has begun; rejects when one of them failed. */
  async stop(): Promise<void> {
    this.#isOn = false;
    await this.#running;
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** What devices were answered with, each once. */
  statuses(work: Work): readonly number[] {
    const own = this.said.filter((each) => each.work === work && !isTaken(each));
    return [...new Set(own.map(({ status }) => status))].toSorted((a, b) => a - b);
  }

  count(work: Work): number {
    return this.said.filter((each) => each.work === work).length;
  }

  async #overAndOver(work: (this: Devices, round: number) => Promise<void>): Promise<void> {
    for (let round = 1; this.#isOn; round += 1) {
      await work.call(this, round);
      await delay(this.#paceMs);
    }
  }

  /** A study of a scanner, with DCMTK's storescu; what was not acknowledged is sent again. */
  async #store(round: number): Promise<void> {
    const uid = `2.25.3${String(Date.now())}${round}`;
    let left = Array.from({ length: IMAGES_OF_A_STUDY }, (_, n) => makeObject(n === 0 ? 'mr' : 'sr', uid));
    for (let tries = 0; left.length > 0; tries += 1) {
      const folder = join(this.#folder, `study-${round}-${tries}`);
      const beganMs = performance.now();
      const { output } = await storescu(this.#gateway, folder, left);
      this.#took('store', performance.now() - beganMs);
      rmSync(folder, { recursive: true, force: true });
      const answers = storeAnswers(output);
      for (const status of [...answers.values(), refusalIn(output)])
        this.#hear({ work: 'store', status, isAgain: tries > 0 });
      const isStored = ({ sopInstanceUid }: MadeObject): boolean => answers.get(sopInstanceUid) === SUCCESS;
      this.stored.push(...left.filter(isStored));
      left = left.filter((object) => !isStored(object));
      if (left.length > 0) await this.#later('store', output);
    }
  }

  /** The day's list of a scanner, with DCMTK's findscu. */
  async #worklist(): Promise<void> {
    const keys = ['PatientID', 'PatientName', `${STEP}.Modality=CT`, `${STEP}.ScheduledProcedureStepID`];
    const answers = await this.#asked('worklist', '-W', keys);
    this.entries.push(answers);
  }

  /** Whether the last study is there, with findscu. */
  async #find(): Promise<void> {
    const last = this.stored.at(-1);
    const uid = last === undefined ? '2.25.1' : studyOf(last);
    await this.#asked('find', '-S', ['QueryRetrieveLevel=STUDY', `StudyInstanceUID=${uid}`, 'PatientID']);
  }

  /** Asks until there is an answer; how many it had. */
  async #asked(work: 'worklist' | 'find', model: string, keys: readonly string[]): Promise<number> {
    for (let tries = 0; ; tries += 1) {
      const place = { port: this.#gateway.dimse, aet: 'LEADGLASS' };
      const beganMs = performance.now();
      const { status, answers, output } = await findscu(place, [model], keys, 'FINDER');
      this.#took(work, performance.now() - beganMs);
      const isAnswered = status !== PENDING && status !== NO_ANSWER;
      this.#hear({ work, status: isAnswered ? status : refusalIn(output), isAgain: tries > 0 });
      if (isAnswered) return answers.length;
      await this.#later(work, output);
    }
  }

  /** A step begins, goes on, and is completed. */
  async #mpps(round: number): Promise<void> {
    const uid = `${STEP_ROOT}.${this.#day}.${round}`;
    await this.#step(createOf(uid), stepState('IN PROGRESS', round));
    await delay(this.#paceMs);
    await this.#step(changeOf(uid), stepState('IN PROGRESS', round));
    await this.#step(changeOf(uid), stepState('COMPLETED', round));
    this.steps.push(uid);
  }

  async #step(command: Command, dataSet: Buffer): Promise<void> {
    const status = await this.#word('mpps', MODALITY_PERFORMED_PROCEDURE_STEP, command, dataSet);
    assert.ok(isTaken(status) || status.status === SUCCESS, `a step was refused: ${status.status.toString(16)}`);
  }

  /** May the last study be deleted? The report comes where the device listens. */
  async #commit(round: number): Promise<void> {
    const objects = [...this.#before, ...this.stored].slice(-IMAGES_OF_A_STUDY);
    if (objects.length === 0) return;
    const uid = `${COMMIT_ROOT}.${this.#day}.${round}`;
    const command = commandOf(COMMAND_FIELD.nActionRq, {
      ...{ messageId: 1, requestedSopClassUid: STORAGE_COMMITMENT_PUSH_MODEL, actionTypeId: 1 },
      requestedSopInstanceUid: STORAGE_COMMITMENT_PUSH_MODEL_INSTANCE,
    });
    const dataSet = Buffer.from(encodeCommitmentRequest(uid, objects));
    const { status } = await this.#word('commit', STORAGE_COMMITMENT_PUSH_MODEL, command, dataSet);
    const uids = objects.map(({ sopInstanceUid }) => sopInstanceUid);
    if (status === SUCCESS) this.asked.set(uid, uids);
  }

  /** One message on an association of its own, until it is answered. */
  async #word(work: Work, sopClass: string, command: Command, dataSet: Buffer): Promise<Said> {
    const calling = work === 'commit' ? 'PROVER' : 'FINDER';
    for (let tries = 0; ; tries += 1) {
      const beganMs = performance.now();
      try {
        const place = { port: this.#gateway.dimse, called: 'LEADGLASS', calling };
        const peer = await callPeer(place, [contextOf(sopClass, [IMPLICIT_VR_LITTLE_ENDIAN])]);
        try {
          const isOffered = peer.accepted?.contexts.some(({ result }) => result === 0) === true;
          const refused = peer.rejected
            ? REJECTED
            : peer.accepted !== undefined && !isOffered
              ? NOT_OFFERED
              : undefined;
          this.#hear({ work, status: refused, isAgain: tries > 0 });
          const { command: answer } = await peer.ask(1, command, dataSet);
          const said = { work, status: answer.status, isAgain: tries > 0 };
          this.said.push(said);
          await peer.release().catch(() => {});
          this.#took(work, performance.now() - beganMs);
          return said;
        } finally {
          peer.cut();
        }
      } catch {
        await this.#later(work);
      }
    }
  }

  #took(work: Work, ms: number): void {
    this.slowestMs.set(work, Math.max(this.slowestMs.get(work) ?? 0, Math.round(ms)));
  }

  #hear({ status, ...said }: Omit<Said, 'status'> & { readonly status: number | undefined }): void {
    if (status !== undefined) this.said.push({ ...said, status });
  }

  async #later(work: Work, words = ''): Promise<void> {
    this.cut.set(work, (this.cut.get(work) ?? 0) + 1);
    this.lastWords = words;
    if (this.#isHalted) throw new Error('halted');
    await delay(AGAIN_MS);
  }
}

/** Whether a step that was cut off and is told again was taken the first time: the standard's own words for it. */
function isTaken({ work, status, isAgain }: Said): boolean {
  return work === 'mpps' && isAgain && (status === EXISTS || status === NO_LONGER);
}

/** Status by SOP Instance UID of every object that storescu had an answer for. */
function storeAnswers(output: string): ReadonlyMap<string, number> {
  const answers = new Map<string, number>();
  let uid = '';
  for (const line of output.split('\n')) {
    uid = /Sending file: .*\/([\d.]+)\.dcm/.exec(line)?.[1] ?? uid;
    const said = /Received Store Response \((.*)\)/.exec(line)?.[1];
    if (said === undefined) continue;
    const code = /0x([0-9a-f]{4})/i.exec(said)?.[1];
    answers.set(uid, said === 'Success' ? SUCCESS : Number.parseInt(code ?? 'ffff', 16));
  }
  return answers;
}

/** A refusal of the association that one of DCMTK's programs tells of. */
function refusalIn(output: string): number | undefined {
  if (/Association Rejected/.test(output)) return REJECTED;
  return /No Acceptable Presentation Contexts/i.test(output) ? NOT_OFFERED : undefined;
}

function studyOf({ dataSet }: MadeObject): string {
  const at = dataSet.indexOf(Buffer.from([0x20, 0x00, 0x0d, 0x00]));
  return dataSet.toString('latin1', at + 8, at + 8 + dataSet.readUInt16LE(at + 6)).replace(/\0$/, '');
}

/** Attributes of a step, as its device tells them. */
export function stepState(state: string, round: number): Buffer {
  const elements = [
    { tag: 0x00400241, value: 'FINDER' },
    { tag: 0x00400252, value: state },
    { tag: 0x00400253, value: `BD${round}` },
  ];
  return Buffer.from(encodeElements(elements, IMPLICIT_VR_LITTLE_ENDIAN));
}

function createOf(uid: string): Command {
  const named = { affectedSopClassUid: MODALITY_PERFORMED_PROCEDURE_STEP, affectedSopInstanceUid: uid };
  return commandOf(COMMAND_FIELD.nCreateRq, { messageId: 1, ...named });
}

function changeOf(uid: string): Command {
  const named = { requestedSopClassUid: MODALITY_PERFORMED_PROCEDURE_STEP, requestedSopInstanceUid: uid };
  return commandOf(COMMAND_FIELD.nSetRq, { messageId: 1, ...named });
}

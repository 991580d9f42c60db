import { MODALITY_PERFORMED_PROCEDURE_STEP } from '@leadglass/dicom';
import { COMMAND_FIELD, type Command } from '@leadglass/dimse';
import { concatBytes, type Text, text } from '@leadglass/kit';
import { type AttributeSet, nameOf, readDataSet } from '@leadglass/query';
import { MOST_STEP_BYTES, PERFORMED_STATES } from './schedule-bounds.ts';
import type { StepMessageFromIntake } from './schedule-messages.ts';

/** Performed Procedure Step Status. */
const STATE = 0x00400252;
const LIMITS = { characters: MOST_STEP_BYTES, elements: 8192, items: 1024, depth: 8 } as const;

/** PS3.7 Annex C. */
const STATUS = {
  noSuchSopClass: 0x0118,
  invalidAttributeValue: 0x0106,
  invalidArgument: 0x0115,
  invalidObjectInstance: 0x0117,
  missingAttribute: 0x0120,
  missingAttributeValue: 0x0121,
  resourceLimitation: 0x0213,
} as const;

/** What is wrong with a message on a step before anybody decides. */
export interface StepRefusal {
  readonly status: number;
  readonly comment: string;
  readonly why: Text;
}

/** What is told of a message on a step, but for where it came. */
export type StepAsked = Pick<StepMessageFromIntake, 'kind' | 'uid' | 'transferSyntaxUid' | 'dataSet'> & {
  readonly state?: (typeof PERFORMED_STATES)[number];
};

/** Whether a command is one that tells of a performed procedure step. */
export function isStepCommand(abstractSyntax: string, { commandField }: Command): boolean {
  const isTold = commandField === COMMAND_FIELD.nCreateRq || commandField === COMMAND_FIELD.nSetRq;
  return abstractSyntax === MODALITY_PERFORMED_PROCEDURE_STEP && isTold;
}

/** Takes the data set of an N-CREATE or N-SET (PS3.4 §F.7.2) and reads as much of it as the rules of its state need. */
export class StepTaking {
  readonly #command: Command;
  readonly #transferSyntaxUid: string;
  #parts: Uint8Array[] = [];
  #bytes = 0;

  constructor(command: Command, transferSyntaxUid: string) {
    this.#command = command;
    this.#transferSyntaxUid = transferSyntaxUid;
  }

  push(view: Uint8Array): void {
    this.#bytes += view.byteLength;
    if (this.#bytes <= MOST_STEP_BYTES) this.#parts.push(view.slice());
    else this.#parts = [];
  }

  /** What is asked, or why it is not. */
  end(): StepAsked | StepRefusal {
    const isCreate = this.#command.commandField === COMMAND_FIELD.nCreateRq;
    const { affectedSopClassUid, requestedSopClassUid } = this.#command;
    const uid = isCreate ? this.#command.affectedSopInstanceUid : this.#command.requestedSopInstanceUid;
    if ((isCreate ? affectedSopClassUid : requestedSopClassUid) !== MODALITY_PERFORMED_PROCEDURE_STEP)
      return OTHER_CLASS;
    if (!/^[0-9.]{1,64}$/.test(uid)) return BAD_UID;
    if (this.#bytes > MOST_STEP_BYTES) return TOO_LARGE;
    const bytes = concatBytes(...this.#parts);
    const read = readDataSet(bytes, this.#transferSyntaxUid, LIMITS);
    if (read.isBroken) return UNREADABLE;
    const state = isCreate ? createdState(read.attributes) : changedState(read.attributes);
    if (typeof state === 'object') return state;
    const dataSet = Buffer.from(bytes).toString('base64');
    return {
      ...{ kind: isCreate ? 'create' : 'set', uid, transferSyntaxUid: this.#transferSyntaxUid, dataSet },
      ...(state === undefined ? {} : { state }),
    };
  }
}

/** Whether it is a refusal. */
export function isStepRefusal(read: StepAsked | StepRefusal): read is StepRefusal {
  return 'status' in read;
}

type State = (typeof PERFORMED_STATES)[number];

/** A step begins in progress (PS3.4 §F.7.2.1.2). */
function createdState(attributes: AttributeSet): State | StepRefusal {
  const said = attributes[nameOf(STATE)];
  if (said === undefined) return MISSING_STATE;
  if (said === '') return EMPTY_STATE;
  return said === 'IN PROGRESS' ? said : BAD_STATE;
}

function changedState(attributes: AttributeSet): State | StepRefusal | undefined {
  const said = attributes[nameOf(STATE)];
  if (said === undefined) return undefined;
  return PERFORMED_STATES.find((each) => each === said) ?? (said === '' ? EMPTY_STATE : BAD_STATE);
}

const refusal = (status: number, comment: string, why: Text): StepRefusal => ({ status, comment, why });
const OTHER_CLASS = refusal(
  STATUS.noSuchSopClass,
  'SOP class not of this presentation context',
  text(
    'la classe SOP nommée n’est pas de ce contexte de présentation',
    'the SOP class named is not of this presentation context',
  ),
);
const BAD_UID = refusal(
  STATUS.invalidObjectInstance,
  'SOP Instance UID is not a UID',
  text('l’identifiant de l’étape n’est pas un UID', 'the identifier of the step is not a UID'),
);
const TOO_LARGE = refusal(
  STATUS.resourceLimitation,
  'Data set too large',
  text('message d’étape trop volumineux', 'message on a step too large'),
);
const UNREADABLE = refusal(
  STATUS.invalidArgument,
  'Data set cannot be read',
  text('message d’étape illisible', 'message on a step cannot be read'),
);
const MISSING_STATE = refusal(
  STATUS.missingAttribute,
  'Performed Procedure Step Status missing',
  text('l’état de l’étape manque', 'the state of the step is missing'),
);
const EMPTY_STATE = refusal(
  STATUS.missingAttributeValue,
  'Performed Procedure Step Status empty',
  text('l’état de l’étape est vide', 'the state of the step is empty'),
);
const BAD_STATE = refusal(
  STATUS.invalidAttributeValue,
  'Performed Procedure Step Status not allowed here',
  text('état de l’étape non permis ici', 'state of the step not allowed here'),
);

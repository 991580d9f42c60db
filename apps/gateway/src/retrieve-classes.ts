import { PATIENT_ROOT_GET, PATIENT_ROOT_MOVE, STUDY_ROOT_GET, STUDY_ROOT_MOVE } from '@leadglass/dicom';
import { COMMAND_FIELD } from '@leadglass/dimse';

/** A retrieval we answer from our own vault. */
export interface RetrieveClass {
  readonly service: 'move' | 'get';
  readonly commandField: number;
  /** Of the Study Root model, which has no patient level. */
  readonly isStudyRoot: boolean;
}

const { cMoveRq, cGetRq } = COMMAND_FIELD;
const CLASSES: ReadonlyMap<string, RetrieveClass> = new Map([
  [PATIENT_ROOT_MOVE, { service: 'move', commandField: cMoveRq, isStudyRoot: false }],
  [STUDY_ROOT_MOVE, { service: 'move', commandField: cMoveRq, isStudyRoot: true }],
  [PATIENT_ROOT_GET, { service: 'get', commandField: cGetRq, isStudyRoot: false }],
  [STUDY_ROOT_GET, { service: 'get', commandField: cGetRq, isStudyRoot: true }],
]);

/** The retrieval an abstract syntax stands for (PS3.4 Table C.6.1-1, C.6.2-1), or undefined when we answer none of it. */
export function retrieveClass(abstractSyntax: string): RetrieveClass | undefined {
  return CLASSES.get(abstractSyntax);
}

/** What a staging file is: a lane many objects share, or one object's own file. */
export type StagingKind = 'lane' | 'staged';

/** The parts of a staging file's name `<intakeId>.<number>.<kind>`. */
export interface StagingName {
  readonly intakeId: string;
  readonly number: number;
  readonly kind: StagingKind;
}

const NAME = /^([a-z0-9]{1,40})\.(0|[1-9][0-9]{0,9})\.(lane|staged)$/;
const INTAKE_ID = /^[a-z0-9]{1,40}$/;

/** Whether `value` can name an intake: 1 to 40 lower-case letters and digits. Unique for each start of an intake process. */
export function isIntakeId(value: string): boolean {
  return INTAKE_ID.test(value);
}

/** Writes a staging file's name. */
export function stagingName({ intakeId, number, kind }: StagingName): string {
  return `${intakeId}.${number}.${kind}`;
}

/** The parts of a name, or undefined when it is not one. An intake's word is never a path: nothing but this pattern passes. */
export function parseStagingName(value: string): StagingName | undefined {
  const [whole, intakeId, number, kind] = value.length <= 64 ? (NAME.exec(value) ?? []) : [];
  if (whole !== value || intakeId === undefined || number === undefined) return undefined;
  return { intakeId, number: Number(number), kind: kind === 'lane' ? 'lane' : 'staged' };
}

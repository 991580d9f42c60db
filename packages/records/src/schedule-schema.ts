/**
 * What devices go on working with while an information system is away (decision 0031). What identifies or describes a patient is sealed
 * by the keeper; days, counts, states and identifiers of objects stand in the clear, as in `custody`.
 */
export interface ScheduleSchema {
  schedule_entries: ScheduleEntriesTable;
  schedule_periods: SchedulePeriodsTable;
  registered: RegisteredTable;
  number_blocks: { day: number; next: number };
  steps: StepsTable;
  step_messages: StepMessagesTable;
}

/** One entry of an information system's worklist. */
export interface ScheduleEntriesTable {
  /** A Destination's name. */
  source: string;
  /** YYYYMMDD: the day it was asked for. */
  day: number;
  position: number;
  sealed: Uint8Array;
}

/** A day of a source's worklist that is kept whole. */
export interface SchedulePeriodsTable {
  source: string;
  day: number;
  as_of_ms: number;
  entries: number;
}

/** What a person registered here: its number is temporary, and names nobody. */
export interface RegisteredTable {
  number: string;
  day: number;
  /** open, cancelled. */
  state: string;
  at_ms: number;
  changed_at_ms: number;
  study_instance_uid: string;
  sealed: Uint8Array;
}

/** A performed procedure step: what a device may still say of it. */
export interface StepsTable {
  uid: string;
  /** AE title of the device. */
  peer: string;
  /** Who it is of: a Destination's name; empty when nobody is asked for the device. */
  upstream: string;
  /** IN PROGRESS, COMPLETED, DISCONTINUED; RELAYED: its upstream knows. */
  state: string;
  at_ms: number;
  changed_at_ms: number;
}

/** What a device said of a step and its upstream has to be told. */
export interface StepMessagesTable {
  id: number;
  uid: string;
  upstream: string;
  /** create, set. */
  kind: string;
  transfer_syntax_uid: string;
  /** Null once it is delivered. */
  sealed: Uint8Array | null;
  /** waiting, delivered, failed; refused: failed, and told of in a summary; kept: there is nobody to tell. */
  state: string;
  /** 1: its upstream may have it already; what it answered is not known. */
  sent: number;
  attempts: number;
  next_at_ms: number;
  status: number;
  at_ms: number;
  done_at_ms: number;
}

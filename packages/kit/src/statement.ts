/** A table of facts about this program, told by the room that keeps them and printed in a document (docs/conformance.md). */
export interface StatementTable {
  /** `room.what`: where the document puts it. */
  readonly name: string;
  readonly head: readonly string[];
  /** As many cells as `head`; English, Markdown. */
  readonly rows: readonly (readonly string[])[];
}

/** A row of sixteen bytes. `isMarked`: by place, for those that what was asked for covers. */
export interface HexRow {
  readonly offset: number;
  readonly bytes: readonly HexByte[];
}

export interface HexByte {
  /** Two digits. */
  readonly hex: string;
  /** Printable ASCII, or a point. */
  readonly shown: string;
  readonly isMarked: boolean;
}

const PER_ROW = 16;

/** The bytes of an answer of `hold.hex` in rows, as a hex viewer lays them: rows begin at multiples of sixteen of the first byte shown. */
export function hexRowsOf(view: {
  readonly offset: number;
  readonly bytes: string;
  readonly mark: { readonly offset: number; readonly bytes: number };
}): readonly HexRow[] {
  const { offset: first, bytes, mark } = view;
  const count = bytes.length / 2;
  const rows: HexRow[] = [];
  for (let at = 0; at < count; at += PER_ROW) {
    const row: HexByte[] = [];
    for (let each = at; each < Math.min(count, at + PER_ROW); each += 1) {
      const place = first + each;
      const hex = bytes.slice(2 * each, 2 * each + 2);
      const isMarked = place >= mark.offset && place < mark.offset + mark.bytes;
      row.push({ hex, shown: shownOf(Number.parseInt(hex, 16)), isMarked });
    }
    rows.push({ offset: first + at, bytes: row });
  }
  return rows;
}

function shownOf(byte: number): string {
  return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.';
}

/** `0000_1A2F`: an offset as hex viewers write it. */
export function offsetText(offset: number): string {
  return offset.toString(16).toUpperCase().padStart(8, '0');
}

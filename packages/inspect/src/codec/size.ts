import { familyShown } from './image.ts';
import { be16, be32, Segments } from './segments.ts';

/** What a compressed frame says of itself in its header. `process`: the marker of a JPEG start of frame; 0 in JPEG 2000. */
export interface FrameSize {
  readonly rows: number;
  readonly columns: number;
  readonly components: number;
  readonly bits: number;
  readonly process: number;
}

/** Reads a frame's own size from its header, before anything is allocated for it; undefined when it has none that can be read. */
export function frameSize(frame: Uint8Array): FrameSize | undefined {
  const shown = familyShown(frame);
  if (shown === undefined) return undefined;
  let size: FrameSize | undefined;
  const segment = (marker: number, body: Uint8Array): void => {
    size ??= shown === 'jpeg' ? ofJpeg(marker, body) : ofJpeg2000(body);
    segments.stop();
  };
  const stop = (): void => segments.stop();
  const marker = (alone: number): void => {
    if (alone === 0xd9) stop();
  };
  const isWanted = shown === 'jpeg' ? isStartOfFrame : (marker: number) => marker === 0x51;
  const isAlone = (marker: number): boolean =>
    marker === 0x01 || (marker >= 0xd0 && marker <= 0xd9) || (marker === 0x4f && shown === 'jpeg-2000');
  const segments = new Segments({ segment, marker, odd: () => {}, broken: stop }, isWanted, isAlone);
  segments.push(frame);
  return size;
}

function isStartOfFrame(marker: number): boolean {
  return marker === 0xf7 || (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc);
}

function ofJpeg(marker: number, body: Uint8Array): FrameSize {
  const [rows, columns] = [be16(body, 1), be16(body, 3)];
  return { rows, columns, components: body[5] ?? 0, bits: body[0] ?? 0, process: marker };
}

function ofJpeg2000(body: Uint8Array): FrameSize {
  const [columns, rows] = [be32(body, 2) - be32(body, 10), be32(body, 6) - be32(body, 14)];
  return { rows, columns, components: be16(body, 34), bits: ((body[36] ?? 0) & 0x7f) + 1, process: 0 };
}

import { type MultipartFault, type MultipartLimits, MultipartReader } from './index.ts';

/** A part as it was read. */
export interface ReadPart {
  readonly headers: Record<string, string>;
  data: Buffer;
  isEnded: boolean;
}

/** Reads a body in pieces of `step` bytes. */
export function readBody(
  body: Uint8Array,
  boundary: string,
  step: number,
  limits?: MultipartLimits,
): { parts: ReadPart[]; fault: MultipartFault | undefined } {
  const parts: ReadPart[] = [];
  const handler = {
    part: (headers: ReadonlyMap<string, string>) =>
      void parts.push({ headers: Object.fromEntries(headers), data: Buffer.alloc(0), isEnded: false }),
    data: (bytes: Uint8Array) => {
      const part = parts.at(-1);
      if (part !== undefined) part.data = Buffer.concat([part.data, bytes]);
    },
    partEnd: () => {
      const part = parts.at(-1);
      if (part !== undefined) part.isEnded = true;
    },
  };
  const reader = new MultipartReader(boundary, handler, limits);
  for (let at = 0; at < body.length; at += step) reader.push(body.subarray(at, at + step));
  reader.end();
  return { parts, fault: reader.fault };
}

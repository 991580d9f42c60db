/** The first line of a stream, without its end; what goes beyond `mostBytes` is not read. */
export async function firstLine(stream: AsyncIterable<Buffer>, mostBytes: number): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of stream) {
    parts.push(part);
    bytes += part.byteLength;
    if (part.includes(0x0a) || bytes >= mostBytes) break;
  }
  return Buffer.concat(parts).subarray(0, mostBytes).toString('utf8').split(/\r?\n/, 1)[0] ?? '';
}

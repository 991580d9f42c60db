/** What stands before a part's data: delimiter and headers. @param isFirst whether no part came before. */
export function partHead(boundary: string, headers: Readonly<Record<string, string>>, isFirst: boolean): Uint8Array {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`${isFirst ? '' : '\r\n'}--${boundary}\r\n${lines.join('')}\r\n`, 'latin1');
}

/** What ends the body. @param parts how many came before: without any the body still has a delimiter. */
export function bodyEnd(boundary: string, parts: number): Uint8Array {
  return Buffer.from(parts === 0 ? `--${boundary}--\r\n` : `\r\n--${boundary}--\r\n`, 'latin1');
}

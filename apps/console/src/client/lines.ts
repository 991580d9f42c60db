/** The longest line that is believed: what the gateway writes is far shorter. */
export const LONGEST_LINE_CHARS = 1_000_000;

/** Values of newline-delimited JSON, as they come. @throws SyntaxError for what is not JSON, RangeError for a line over the bound */
export async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<unknown> {
  let rest = '';
  const decoder = new TextDecoder();
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      rest += done ? decoder.decode() : decoder.decode(value, { stream: true });
      const lines = rest.split('\n');
      rest = done ? '' : (lines.pop() ?? '');
      if (rest.length > LONGEST_LINE_CHARS) throw new RangeError('line too long');
      for (const line of lines) if (line.trim() !== '') yield JSON.parse(line);
      if (done) return;
    }
  } finally {
    // The reader has had enough, or the stream is over: either way nothing more is wanted.
    await reader.cancel().catch(() => undefined);
  }
}

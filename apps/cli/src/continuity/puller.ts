import { Fault, isFault } from '@leadglass/kit';
import { parseIdentity } from '@leadglass/vault';
import { continuityFault } from './faults.ts';
import type { Asked, FromPuller, ToPuller } from './messages.ts';
import { Pull } from './pull.ts';
import type { BoxParts } from './pull-parts.ts';
import { Enrolled, Upstream } from './upstream.ts';

// The process of a box that speaks with the gateway: it may open connections and read this program, and nothing else. It holds the key
// that opens what is sealed to this box on its way, never those of the box's own vault.

const gone = new AbortController();
let answered: PromiseWithResolvers<unknown> | undefined;

function tell(message: FromPuller): void {
  process.send?.(message);
}

/** Asks the keeper of this box, one thing at a time. Rejects with the Fault it refuses with. */
function ask<T>(name: Asked, request: Readonly<Record<string, unknown>>): Promise<T> {
  answered = Promise.withResolvers<unknown>();
  tell({ t: 'ask', ask: name, request: { ...request } });
  return answered.promise as Promise<T>;
}

function hearAnswer({ answer, why }: Extract<ToPuller, { t: 'answered' }>): void {
  if (why === undefined) answered?.resolve(answer);
  else answered?.reject(new Fault(why.code, 'transient', why.text));
}

const missing = async (sha256s: readonly string[]): Promise<readonly string[]> =>
  (await ask<{ missing: readonly string[] }>('continuity.missing', { sha256s })).missing;

const box: BoxParts = {
  begin: (from) => ask('continuity.parts.begin', { from }),
  missing: async (parts) => (await ask<{ missing: readonly string[] }>('continuity.parts.missing', { parts })).missing,
  take: (key, json) => ask('continuity.parts.take', { key, json }),
  document: (document) => ask('continuity.parts.document', document),
  done: (key, version) => ask('continuity.parts.done', { key, version }),
  end: (what, asOfMs, leftOut) => ask('continuity.parts.end', { what, asOfMs, leftOut }),
};

async function enrol({ from, code, identity, secret }: Extract<ToPuller, { t: 'enrol' }>): Promise<void> {
  const [, shown, pin] = /^(lgn_[A-Za-z0-9_-]{43})\.([0-9a-f]{64})$/.exec(code) ?? [];
  const recipient = parseIdentity(identity)?.recipient.text;
  if (shown === undefined || pin === undefined || recipient === undefined) throw continuityFault('continuity.refused');
  const upstream = new Upstream(from, shown, { pin });
  const digest = Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(secret))).toString('hex');
  const enrolled = await upstream.json(Enrolled, '/continuity/enrol', { recipient, digest });
  upstream.close();
  tell({ t: 'enrolled', ...enrolled });
}

async function pull({ node, door }: Extract<ToPuller, { t: 'pull' }>): Promise<void> {
  const upstream = new Upstream(node.from, node.secret, { authority: node.authority });
  try {
    await new Pull({ node, door, upstream, signal: gone.signal, missing, tell, box }).run();
  } finally {
    upstream.close();
  }
}

function failed(thrown: unknown): void {
  const fault = isFault(thrown) ? thrown : continuityFault('continuity.unreachable', thrown);
  tell({ t: 'failed', code: fault.code, text: fault.text });
}

process.on('message', (message: ToPuller) => {
  if (message.t === 'answered') hearAnswer(message);
  else if (message.t === 'enrol') void enrol(message).catch(failed);
  else void pull(message).catch(failed);
});
process.on('disconnect', () => process.exit(0));

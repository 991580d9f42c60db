import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { frame, MllpFramer } from '@leadglass/hl7';
import { Fault, text } from '@leadglass/kit';

/** A listener of ours for HL7. */
export interface LabDoor {
  readonly host: string;
  readonly port: number;
  /** Over TLS: the site's authority, PEM. */
  readonly ca: string | undefined;
}

/**
 * Sends one message as a laboratory does (MLLP) and resolves with how it was acknowledged (MSA-1, HL7 v2.5 §2.15.8). Rejects with what became of the connection
 * instead.
 */
export async function sendResult(door: LabDoor, message: Uint8Array, signal: AbortSignal): Promise<string> {
  const socket = open(door);
  const stop = () => socket.destroy();
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await answered(socket, message);
  } finally {
    signal.removeEventListener('abort', stop);
    socket.destroy();
  }
}

function open({ host, port, ca }: LabDoor): Socket {
  // Our own listener, whose certificate names the site and not the loopback address: its authority is checked.
  return ca === undefined
    ? connectPlain({ host, port })
    : connectTls({ host, port, ca, checkServerIdentity: () => undefined });
}

function answered(socket: Socket, message: Uint8Array): Promise<string> {
  return new Promise((resolve, reject) => {
    const framer = new MllpFramer();
    socket.once('error', (cause) => reject(gone(cause)));
    socket.once('close', () => reject(gone()));
    socket.on('data', (chunk: Buffer) => {
      for (const event of framer.push(chunk))
        if (event.kind === 'message') resolve(codeOf(event.bytes));
        else reject(gone());
    });
    socket.write(frame(message));
  });
}

/** MSA-1 of an acknowledgement that is our own program's. */
function codeOf(bytes: Uint8Array): string {
  const segment = Buffer.from(bytes)
    .toString('latin1')
    .split('\r')
    .find((line) => line.startsWith('MSA|'));
  return segment?.split('|')[1] ?? '';
}

const gone = (cause?: unknown): Fault =>
  new Fault(
    'drill.hl7-gone',
    'transient',
    text('le port HL7 n’a pas répondu.', 'the HL7 port did not answer.'),
    cause === undefined ? {} : { cause },
  );

import { type Randomness, systemRandomness } from '@leadglass/kit';
import {
  type AeTitle,
  DRILL_AE_TITLE,
  type FlowChoice,
  IMPORT_AE_TITLE,
  IMPORT_ORIGINALS_AE_TITLE,
  type Peer,
  parseAeTitle,
} from '@leadglass/model';
import { type Address, parseHostPort } from './listeners.ts';

/** Titles that nobody can guess: 9 characters of 32. */
const ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const SECRET_CHARACTERS = 9;
/** Characters of an AE title (PS3.5 §6.2). */
const MOST_TITLE = 16;
/** Both are told apart from anything a device is called, and fit 16 characters with the secret. */
const PREFIXES = { objects: 'IMPORT-', originals: 'ORIGIN-' } as const;

/** What a site may choose for all that it imports: by a peer of its own called IMPORT. */
export type ImportChoice = FlowChoice & Pick<Peer, 'privateSopClasses'>;

/** An import that may send now. */
export interface ImportDoor extends Address {
  readonly calling: AeTitle;
  readonly callingOriginals: AeTitle;
}

/**
 * Peers that exist while an import runs: under titles made for it alone, from this machine alone, with the right to store. Who sends
 * under them is known to rules, records and routes as IMPORT, or as IMPORT-ORIGINAL for evidence.
 */
export class Imports {
  readonly #randomness: Randomness;
  readonly #peers = new Map<AeTitle, Peer>();
  readonly #names = new Map<AeTitle, AeTitle>();

  constructor(randomness: Randomness = systemRandomness) {
    this.#randomness = randomness;
  }

  /** Admitted besides those of the rules. */
  get peers(): readonly Peer[] {
    return [...this.#peers.values()];
  }

  /** Lets one import in. @param listening where the gateway listens in the clear: `HOST:PORT`. Undefined when that is no address. */
  open(listening: string, choice: ImportChoice): ImportDoor | undefined {
    const address = parseHostPort(listening);
    if (address === undefined) return undefined;
    const host = reachable(address.host);
    const from = `${host}/${host.includes(':') ? 128 : 32}`;
    const common = { from, allow: ['store'], whenHeld: 'tell', ...choice } as const;
    const calling = this.#admit(PREFIXES.objects, IMPORT_AE_TITLE, common);
    const callingOriginals = this.#admit(PREFIXES.originals, IMPORT_ORIGINALS_AE_TITLE, {
      ...common,
      isEvidence: true,
    });
    return { host, port: address.port, calling, callingOriginals };
  }

  /** That import sends no more. What it has open ends with it. */
  close({ calling, callingOriginals }: Pick<ImportDoor, 'calling' | 'callingOriginals'>): void {
    for (const title of [calling, callingOriginals]) {
      this.#peers.delete(title);
      this.#names.delete(title);
    }
  }

  /** Lets one sender in under a title of its own, known as `name`. @param listening as above. */
  openOne(listening: string, name: AeTitle): (Address & { readonly calling: AeTitle }) | undefined {
    const address = parseHostPort(listening);
    if (address === undefined) return undefined;
    const host = reachable(address.host);
    const from = `${host}/${host.includes(':') ? 128 : 32}`;
    const peer = { from, allow: ['store'], whenHeld: 'tell', privateSopClasses: ['*'] } as const;
    return { host, port: address.port, calling: this.#admit('PULLED-', name, peer) };
  }

  /** Lets the device of a drill in, under a title of its own that begins with the reserved one. @param listening as above. */
  openDrill(listening: string): (Address & { readonly calling: AeTitle }) | undefined {
    const address = parseHostPort(listening);
    if (address === undefined) return undefined;
    const host = reachable(address.host);
    const from = `${host}/${host.includes(':') ? 128 : 32}`;
    const peer = { from, allow: ['store', 'find'], whenHeld: 'tell', privateSopClasses: [] } as const;
    return { host, port: address.port, calling: this.#admit(DRILL_AE_TITLE, DRILL_AE_TITLE, peer) };
  }

  closeOne(calling: AeTitle): void {
    this.#peers.delete(calling);
    this.#names.delete(calling);
  }

  /** The peer as everything but admission knows it. */
  known(peer: Peer): Peer {
    const name = this.#names.get(peer.aeTitle);
    return name === undefined ? peer : { ...peer, aeTitle: name };
  }

  #admit(prefix: string, name: AeTitle, peer: Omit<Peer, 'aeTitle'>): AeTitle {
    const bytes = this.#randomness(new Uint8Array(SECRET_CHARACTERS));
    const secret = [...bytes].map((byte) => ALPHABET[byte % ALPHABET.length]).join('');
    const title = parseAeTitle(`${prefix}${secret}`.slice(0, MOST_TITLE)) ?? name;
    this.#peers.set(title, { ...peer, aeTitle: title });
    this.#names.set(title, name);
    return title;
  }
}

/** Whoever listens everywhere is reached by the loopback address. */
function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '::' || host === 'localhost') return '127.0.0.1';
  return host;
}

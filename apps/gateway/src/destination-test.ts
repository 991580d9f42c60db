import type { AnswerInputOf, ParsedRequestOf } from '@leadglass/contract';
import { EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN, storageSopClass, VERIFICATION } from '@leadglass/dicom';
import { type Clock, type Fault, isFault, type Text, text } from '@leadglass/kit';
import type { Destination } from '@leadglass/model';
import type { ScuAssociation } from '@leadglass/wire';
import { controlFault } from './control-faults.ts';
import type { connectorTo } from './destinations.ts';

type Answer = AnswerInputOf<'destination.test'>;

/** At once: somebody who presses a button, and not a way to try a network out. */
const MOST_AT_ONCE = 2;
const RESPONSE_MS = 10_000;
const MOST_NAME_CHARS = 64;
const TRANSFER_SYNTAXES = [EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN];
const ROOT = '1.2.840.10008.5.1.4.1.1';
/** What an imaging centre sends most: one context each (PS3.4 Annex B). */
const TRIED = [
  ...['1', '1.1', '1.2', '2', '2.1', '3.1', '4', '4.1', '6.1', '7', '7.2', '7.4', '12.1', '12.2', '13.1.3', '20'],
  ...['128', '88.11', '88.22', '88.33', '88.59', '88.67', '11.1', '104.1', '481.1', '481.2', '481.3', '481.5'],
].map((rest) => `${ROOT}.${rest}`);

/** What a test needs of the gateway. */
export interface DestinationTestParts {
  readonly clock: Clock;
  /** Opens associations as deliveries do: same titles, same TLS. */
  readonly connect: ReturnType<typeof connectorTo>;
  destinations(): readonly Destination[];
}

/**
 * Calls a destination as a delivery would: association, C-ECHO, and what of storage is accepted. What comes back is read in the keeper within the same
 * bounds as the answers to deliveries (decisions 0016 and 0017); nothing of it but a name of 16 characters and the contexts is told.
 */
export class DestinationTests {
  readonly #parts: DestinationTestParts;
  #running = 0;

  constructor(parts: DestinationTestParts) {
    this.#parts = parts;
  }

  async test(asked: ParsedRequestOf<'destination.test'>): Promise<Answer> {
    const destination = this.#destinationOf(asked);
    if (this.#running >= MOST_AT_ONCE) throw controlFault('control.conflict', BUSY);
    this.#running += 1;
    try {
      return await this.#call(destination);
    } catch (thrown) {
      if (!isFault(thrown)) throw thrown;
      return failed(thrown, destination);
    } finally {
      this.#running -= 1;
    }
  }

  #destinationOf({ name, target }: ParsedRequestOf<'destination.test'>): Destination {
    const known = this.#parts.destinations().find((each) => each.name === name);
    if (target !== undefined) return { ...target, name: 'test', commitment: false };
    if (known === undefined) throw controlFault('control.not-found', UNKNOWN);
    return known;
  }

  async #call(destination: Destination): Promise<Answer> {
    const { clock, connect } = this.#parts;
    const ending = new AbortController();
    const startMs = clock.monotonicMs();
    const contexts = [VERIFICATION, ...TRIED].map((abstractSyntax) => ({
      abstractSyntax,
      transferSyntaxes: abstractSyntax === VERIFICATION ? [IMPLICIT_VR_LITTLE_ENDIAN] : TRANSFER_SYNTAXES,
    }));
    const association = await connect(destination, contexts, ending.signal, [], RESPONSE_MS);
    const associateMs = clock.monotonicMs() - startMs;
    try {
      return { ...(await met(association, destination, clock)), associateMs };
    } finally {
      await association.release().catch(() => ending.abort());
    }
  }
}

/** An association stands: what it is good for. */
async function met(association: ScuAssociation, { called }: Destination, clock: Clock): Promise<Answer> {
  const storage = TRIED.map((uid) => ({
    uid,
    name: storageSopClass(uid)?.name ?? uid,
    isAccepted: association.contextFor(uid) !== undefined,
  }));
  const taken = storage.filter(({ isAccepted }) => isAccepted).length;
  const startMs = clock.monotonicMs();
  const status = association.contextFor(VERIFICATION) === undefined ? undefined : (await association.echo()).status;
  const common = {
    ...{ associateMs: null, echoMs: status === undefined ? null : clock.monotonicMs() - startMs, storage },
    implementation: association.peerImplementation.versionName.replace(/[^\x20-\x7e]/g, '?').slice(0, MOST_NAME_CHARS),
  };
  if (taken === 0) return { ...common, isGood: false, code: 'destination.takes-nothing', ...TAKES_NOTHING(called) };
  if (status === undefined) return { ...common, isGood: true, code: 'destination.no-echo', ...NO_ECHO(called, taken) };
  if (status !== 0)
    return { ...common, isGood: false, code: 'destination.echo-status', ...ECHO_STATUS(called, status) };
  return { ...common, isGood: true, code: null, ...GOOD(called, taken, storage.length) };
}

/** No association, or none that lasted: what is said of it, and what to do. */
function failed({ code, text: said }: Fault, { tls }: Destination): Answer {
  return {
    ...{ isGood: false, code, text: sentence(said), advice: adviceFor(code, tls) },
    ...{ associateMs: null, echoMs: null, implementation: '', storage: [] },
  };
}

const sentence = ({ fr, en }: Text): Text => text(capital(fr), capital(en));
const capital = (words: string): string => `${words.slice(0, 1).toUpperCase()}${words.slice(1)}.`;

function adviceFor(code: string, isTls: boolean): readonly Text[] {
  const tls = isTls ? MAYBE_NO_TLS : MAYBE_TLS;
  if (code === 'wire.rejected') return [DECLARE_US];
  if (code === 'wire.timeout' || code === 'wire.aborted' || code === 'wire.cut' || code === 'wire.garbled')
    return [tls, ASK_THEIR_LOG];
  if (code === 'wire.tls') return [MAYBE_NO_TLS, TRUST_US];
  if (code.startsWith('wire.tls-')) return [TRUST_THEM];
  return [NETWORK];
}

interface Said {
  readonly text: Text;
  readonly advice: readonly Text[];
}

const GOOD = (called: string, taken: number, of: number): Said => ({
  text: text(
    `${called} répond, et prend ${taken} des ${of} sortes d’objets essayées.`,
    `${called} answers, and takes ${taken} of the ${of} kinds of object tried.`,
  ),
  advice: [],
});
const NO_ECHO = (called: string, taken: number): Said => ({
  text: text(
    `${called} accepte l’association et ${taken} sortes d’objets, mais pas C-ECHO.`,
    `${called} accepts the association and ${taken} kinds of object, but no C-ECHO.`,
  ),
  advice: [
    text(
      'Les livraisons n’ont pas besoin de C-ECHO : elles passeront.',
      'Deliveries need no C-ECHO: they will go through.',
    ),
  ],
});
const ECHO_STATUS = (called: string, status: number): Said => ({
  text: text(
    `${called} accepte l’association mais répond à C-ECHO par le statut ${hex(status)}.`,
    `${called} accepts the association but answers C-ECHO with status ${hex(status)}.`,
  ),
  advice: [ASK_THEIR_LOG],
});
const TAKES_NOTHING = (called: string): Said => ({
  text: text(
    `${called} accepte l’association, mais aucune des sortes d’objets essayées : rien ne lui serait livré.`,
    `${called} accepts the association, but none of the kinds of object tried: nothing would be delivered to it.`,
  ),
  advice: [
    text(
      'Est-ce le bon titre AE ? Certains PACS ont un titre pour recevoir (Storage SCP) et un autre pour les recherches.',
      'Is it the right AE title? Some archives have one title that receives (Storage SCP) and another for queries.',
    ),
    text(
      'Demandez à son administrateur d’autoriser notre titre à déposer des images.',
      'Ask its administrator to allow our title to store images.',
    ),
  ],
});
const hex = (status: number): string => `${status.toString(16).padStart(4, '0').toUpperCase()}H`;

const DECLARE_US = text(
  'Comparez les deux titres AE, lettre à lettre et majuscules comprises, avec ceux qui sont déclarés en face.',
  'Compare both AE titles, letter by letter and case included, with those declared over there.',
);
const MAYBE_TLS = text(
  'Si ce service parle TLS, cochez TLS ; si ce n’est pas un port DICOM, corrigez le port (souvent 104, 11112 ou 2762 avec TLS).',
  'If that service speaks TLS, choose TLS; if it is no DICOM port, correct the port (often 104, 11112, or 2762 with TLS).',
);
const MAYBE_NO_TLS = text(
  'Si ce service ne parle pas TLS sur ce port, décochez TLS ou donnez son port TLS (souvent 2762).',
  'If that service does not speak TLS on this port, leave TLS out or give its TLS port (often 2762).',
);
const ASK_THEIR_LOG = text(
  'Le journal du service d’en face dit ce qui l’a gêné.',
  'The log of the service over there says what was in its way.',
);
const TRUST_US = text(
  'Faites accepter en face l’autorité de ce site : leadglass cert list montre les certificats, et la page « Réglages », TLS, l’autorité.',
  'Have the authority of this site accepted over there: leadglass cert list shows the certificates, and the page “Settings”, TLS, the authority.',
);
const TRUST_THEM = text(
  'Vérifiez l’empreinte avec l’administrateur d’en face, puis épinglez-la : destination add … --cert-sha256 EMPREINTE.',
  'Check the fingerprint with the administrator over there, then pin it: destination add … --cert-sha256 FINGERPRINT.',
);
const NETWORK = text(
  'Essayez depuis cette machine : l’adresse répond-elle, et un pare-feu laisse-t-il passer ce port ?',
  'Try from this machine: does the address answer, and does a firewall let this port through?',
);
const UNKNOWN = text(
  'Aucune destination de ce nom : destination list les donne.',
  'No destination of that name: destination list gives them.',
);
const BUSY = text(
  'Deux essais sont déjà en cours : recommencez dans un instant.',
  'Two tests are under way already: try again in a moment.',
);

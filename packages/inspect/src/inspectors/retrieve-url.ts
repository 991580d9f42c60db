import { type ElementHead, type Tag, transferSyntax, vrOf } from '@leadglass/dicom';
import { latin1 } from '../bytes.ts';
import { type UrlTrouble, urlTrouble } from '../content/url.ts';
import type { FindingKind, Inspector, Scene } from '../inspector.ts';
import { kindsOf } from '../kind.ts';

const kind = kindsOf('retrieve-url');

/** Where an address in an object can point that it should not. */
export const URL_KINDS = {
  script: kind(
    'script',
    'malicious',
    'PS3.5 §6.2; RFC 3986 §3.1',
    'Une adresse de l’objet est en réalité un programme qui s’exécuterait dans le logiciel de consultation.',
    'An address in the object is in fact a program that would run in the viewer.',
  ),
  secrets: kind(
    'secrets',
    'malicious',
    'PS3.5 §6.2; RFC 3927',
    'Une adresse de l’objet vise le service interne par lequel un serveur hébergé livre ses propres mots de passe.',
    'An address in the object aims at the internal service through which a hosted server gives out its own credentials.',
  ),
  share: kind(
    'share',
    'suspicious',
    'PS3.5 §6.2; RFC 8089',
    'Une adresse de l’objet désigne un partage réseau : l’ouvrir peut livrer les identifiants de l’utilisateur.',
    'An address in the object names a network share: opening it can give away the user’s credentials.',
  ),
  file: kind(
    'file',
    'suspicious',
    'PS3.5 §6.2; RFC 8089',
    'Une adresse de l’objet désigne un fichier du poste ou du serveur qui la lirait.',
    'An address in the object names a file of the workstation or server that would read it.',
  ),
  self: kind(
    'self',
    'suspicious',
    'PS3.5 §6.2; RFC 6890',
    'Une adresse de l’objet désigne la machine même qui la lirait, là où nul autre n’a accès.',
    'An address in the object names the very machine that would read it, where nobody else has access.',
  ),
  credentials: kind(
    'credentials',
    'suspicious',
    'RFC 3986 §3.2.1',
    'Une adresse de l’objet contient un nom d’utilisateur ou un mot de passe, ou se fait passer pour celle d’un autre serveur.',
    'An address in the object contains a user name or password, or passes itself off as another server’s.',
  ),
  obscured: kind(
    'obscured',
    'suspicious',
    'RFC 3986 §7.4',
    'Une adresse de l’objet est écrite de façon à cacher le serveur qu’elle désigne.',
    'An address in the object is written so as to hide the server it names.',
  ),
  scheme: kind(
    'scheme',
    'suspicious',
    'PS3.5 §6.2; RFC 3986 §3.1',
    'Une adresse de l’objet ouvrirait autre chose qu’une page ou une image : un autre logiciel ou un autre service.',
    'An address in the object would open something other than a page or an image: another program or service.',
  ),
  elsewhere: kind(
    'pixels-elsewhere',
    'information',
    'PS3.5 §A.6; PS3.3 §C.7.6.3',
    'Les images ne sont pas dans l’objet mais sur un serveur qu’il désigne : elles n’ont pas pu être contrôlées.',
    'The images are not in the object but on a server it names: they could not be checked.',
  ),
  unexpected: kind(
    'unexpected-provider',
    'suspicious',
    'PS3.5 §A.6; PS3.3 §C.7.6.3',
    'L’objet désigne un serveur d’images alors que sa forme de transmission n’en prévoit pas.',
    'The object names an image server although its transfer form provides for none.',
  ),
} as const satisfies Readonly<Record<UrlTrouble | 'elsewhere' | 'unexpected', FindingKind>>;

const PIXEL_DATA_PROVIDER_URL: Tag = 0x00287fe0;

/** Addresses in UR elements, at every depth, under UN too: where they point (INSPECT-166 to 168). */
export function retrieveUrl(scene: Scene): Inspector {
  const isJpip = transferSyntax(scene.context.transferSyntaxUid)?.codec === 'jpip';
  return {
    name: 'retrieve-url',
    beginning(head, bytes): void {
      if (bytes.length === 0 || !holdsUrl(head)) return;
      const value = latin1(bytes).replace(/[\0 ]+$/, '');
      if (value === '') return;
      if (head.tag === PIXEL_DATA_PROVIDER_URL) scene.find(isJpip ? URL_KINDS.elsewhere : URL_KINDS.unexpected);
      const trouble = urlTrouble(value);
      if (trouble !== undefined) scene.find(URL_KINDS[trouble]);
    },
  };
}

/** By the wire or by the dictionary: a text VR on a known address does not take it out of sight. */
function holdsUrl(head: ElementHead): boolean {
  return head.vr === 'UR' || vrOf(head.tag) === 'UR';
}

import { type ElementHead, TAG } from '@leadglass/dicom';
import { latin1 } from '../bytes.ts';
import { MeshLines, type MeshTrouble, stlTrouble } from '../content/mesh.ts';
import type { FindingKind, Inspector, Scene } from '../inspector.ts';
import { kindsOf } from '../kind.ts';

const kind = kindsOf('mesh');

/** What an encapsulated model (STL, OBJ, MTL) can be wrong about. */
export const MESH_KINDS = {
  short: kind(
    'short',
    'malformed',
    'PS3.3 §A.85.1',
    'Le modèle 3D annonce plus de triangles qu’il n’en contient : un logiciel lirait au-delà du document.',
    'The 3D model declares more triangles than it holds: a program would read beyond the document.',
  ),
  surplus: kind(
    'surplus',
    'suspicious',
    'PS3.3 §A.85.1',
    'Des données étrangères suivent les triangles du modèle 3D : elles peuvent cacher n’importe quoi.',
    'Foreign data follow the triangles of the 3D model: they can hide anything.',
  ),
  'text-form': kind(
    'text-form',
    'information',
    'PS3.3 §A.85.1',
    'Le modèle 3D est sous sa forme texte, là où la norme demande la forme binaire.',
    'The 3D model is in its text form where the standard asks for the binary one.',
  ),
  'not-a-model': kind(
    'not-a-model',
    'suspicious',
    'PS3.3 §A.85.2, §A.85.3',
    'Le document est déclaré comme modèle 3D en texte et contient autre chose.',
    'The document is declared a 3D model in text and holds something else.',
  ),
  'outside-path': kind(
    'outside-path',
    'suspicious',
    'PS3.3 §A.85.2, §A.85.3',
    'Le modèle 3D désigne un fichier hors du document : ailleurs sur le poste ou sur le réseau.',
    'The 3D model names a file outside the document: elsewhere on the workstation or network.',
  ),
  command: kind(
    'command',
    'malicious',
    'PS3.3 §A.85.2',
    'Le modèle 3D demande d’exécuter une commande sur le poste de celui qui l’ouvre.',
    'The 3D model asks to run a command on the workstation of whoever opens it.',
  ),
} as const satisfies Readonly<Record<MeshTrouble, FindingKind>>;

type Form = 'stl' | 'lines';

const FORMS: Readonly<Record<string, Form>> = {
  '1.2.840.10008.5.1.4.1.1.104.3': 'stl',
  '1.2.840.10008.5.1.4.1.1.104.4': 'lines',
  '1.2.840.10008.5.1.4.1.1.104.5': 'lines',
};
const FIRST_BYTES = 1024;

/** Encapsulated models: triangles against length, form against bytes, files and commands they name (INSPECT-155 to 157). */
export function mesh(scene: Scene): Inspector {
  const eye = new MeshEye(scene);
  return {
    name: 'mesh',
    element: (head) => eye.element(head),
    value: (bytes) => eye.value(bytes),
    elementEnd: () => eye.valueOver(),
    beginning: (head, bytes) => eye.beginning(head, bytes),
  };
}

class MeshEye {
  readonly #scene: Scene;
  #form: Form | undefined;
  #isOn = false;
  #length = 0;
  readonly #first = new Uint8Array(FIRST_BYTES);
  #lines: MeshLines | undefined;

  constructor(scene: Scene) {
    this.#scene = scene;
    this.#form = formOf(scene.context.sopClassUid);
  }

  element(head: ElementHead): void {
    this.#isOn = head.tag === TAG.EncapsulatedDocument && this.#form !== undefined;
    if (!this.#isOn) return;
    this.#length = 0;
    this.#lines = new MeshLines((what) => this.#find(what));
  }

  value(bytes: Uint8Array): void {
    if (!this.#isOn) return;
    if (this.#form === 'lines') this.#lines?.push(bytes);
    else if (this.#length < FIRST_BYTES) {
      this.#first.set(bytes.subarray(0, FIRST_BYTES - this.#length), this.#length);
    }
    this.#length += bytes.length;
  }

  valueOver(): void {
    if (!this.#isOn) return;
    this.#isOn = false;
    if (this.#length === 0) return;
    if (this.#form === 'lines') this.#lines?.end();
    else this.#stl();
  }

  /** What the object says it is counts when nobody announced it. */
  beginning(head: ElementHead, bytes: Uint8Array): void {
    if (head.tag === TAG.SOPClassUID && head.depth === 0)
      this.#form = formOf(latin1(bytes).replace(/[\0 ]+$/, '')) ?? this.#form;
  }

  #stl(): void {
    const trouble = stlTrouble(this.#first.subarray(0, Math.min(this.#length, FIRST_BYTES)), this.#length);
    if (trouble !== undefined) this.#find(trouble);
  }

  readonly #said = new Set<MeshTrouble>();
  #find(what: MeshTrouble): void {
    if (this.#said.has(what)) return;
    this.#said.add(what);
    this.#scene.find(MESH_KINDS[what]);
  }
}

function formOf(sopClassUid: string): Form | undefined {
  return Object.hasOwn(FORMS, sopClassUid) ? FORMS[sopClassUid] : undefined;
}

import { readFileSync } from 'node:fs';
import type { Content, ContentEyeMaker, ContentRole } from '../carried/content.ts';
import type { FindingKind, Scene } from '../inspector.ts';
import { YARA_WASM } from './binding.ts';
import { YaraEngine } from './engine.ts';
import type { RuleSources } from './rule-set.ts';

let bytes: Uint8Array | undefined;
export const wasm = (): Uint8Array => {
  bytes ??= readFileSync(YARA_WASM);
  return bytes;
};

/** One file of rules, the site's or ours. */
export function sources(site: string, leadglass = ''): RuleSources {
  return { leadglass: [{ name: 'ours.yar', text: leadglass }], site: [{ name: 'site.yar', text: site }] };
}

export async function engineOf(rules: RuleSources, nowMs: () => number = () => 0): Promise<YaraEngine> {
  const opened = await YaraEngine.open({ wasm, nowMs }, rules);
  if ('problems' in opened) throw new Error(JSON.stringify(opened.problems));
  return opened.engine;
}

/** A content to show: its bytes, in what pieces, what it is. */
export interface Shown {
  readonly bytes: Uint8Array;
  readonly role?: ContentRole;
  readonly pieces?: number;
}

/** Shows contents to an eye, one after the other, as the inspector of carried contents does. */
export function show(
  maker: ContentEyeMaker,
  ...contents: readonly Shown[]
): { codes: string[]; kinds: FindingKind[]; unfinished: string[] } {
  const kinds: FindingKind[] = [];
  const unfinished: string[] = [];
  const scene: Scene = {
    context: { transferSyntaxUid: '', sopClassUid: '', sopInstanceUid: '' },
    find: (kind) => void kinds.push(kind),
    findTag: (kind) => void kinds.push(kind),
    unfinished: (kind) => {
      unfinished.push(kind.inspector);
      kinds.push(kind);
    },
    path: () => '',
  };
  const eye = maker(scene);
  for (const { bytes: all, role = 'value', pieces = all.length || 1 } of contents) {
    const content: Content = { role, length: all.length, depth: 0, isPrivate: false, creator: '' };
    if (!eye.begin(content)) continue;
    // The view is valid during the call only: a copy that is spoilt afterwards tells whether the eye kept it.
    for (let at = 0; at < all.length; at += pieces) {
      const piece = all.slice(at, at + pieces);
      eye.bytes(piece);
      piece.fill(0xaa);
    }
    eye.end();
  }
  return { codes: kinds.map(({ code }) => code), kinds, unfinished };
}

export const latin = (value: string): Uint8Array => new Uint8Array(Buffer.from(value, 'latin1'));

/** Numbers that look random and are the same each time (xorshift). */
export function* numbers(seed: number): Generator<number, never> {
  for (let state = seed | 1; ; ) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    yield state >>> 0;
  }
}

import type * as YaraX from '@virustotal/yara-x';

/** YARA-X, started: its classes, and the memory they all live in. */
export interface Binding {
  readonly Compiler: typeof YaraX.Compiler;
  readonly memory: { readonly buffer: ArrayBufferLike };
}

/** Where YARA-X's WebAssembly lies: this room reads no files, whoever starts it does. */
export const YARA_WASM = new URL('yara_x_js_bg.wasm', import.meta.resolve('@virustotal/yara-x'));

/** Where our own rules lie, for the same reader. */
export const OUR_RULES = new URL('../../rules/', import.meta.url);

let count = 0;

/**
 * Starts YARA-X anew. Its package keeps one instance a copy of itself, and one that broke stays broken: so each start takes a copy of its
 * own, told apart by the query of its address.
 * @param wasm the bytes at YARA_WASM.
 */
export async function startBinding(wasm: Uint8Array): Promise<Binding> {
  count += 1;
  const { Compiler, initSync }: typeof YaraX = await import(`${import.meta.resolve('@virustotal/yara-x')}?${count}`);
  const { memory } = initSync({ module: wasm });
  return { Compiler, memory };
}

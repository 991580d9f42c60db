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

/** Starts YARA-X, whose code is loaded. @param wasm the bytes at YARA_WASM. */
export type Starter = (wasm: Uint8Array) => Binding;

/**
 * Loads YARA-X's own code, a few kilobytes; its WebAssembly is compiled when the starter is called, once. The package keeps one instance a copy
 * of itself, and one that broke stays broken: so each load takes a copy of its own, told apart by the query of its address.
 */
export async function loadBinding(): Promise<Starter> {
  count += 1;
  const { Compiler, initSync }: typeof YaraX = await import(`${import.meta.resolve('@virustotal/yara-x')}?${count}`);
  return (wasm) => ({ Compiler, memory: initSync({ module: wasm }).memory });
}

/** Loads and starts YARA-X anew. @param wasm the bytes at YARA_WASM. */
export async function startBinding(wasm: Uint8Array): Promise<Binding> {
  return (await loadBinding())(wasm);
}

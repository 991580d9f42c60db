/** What is used of the WebAssembly codecs and of the lossless JPEG decoder, which bring no types of their own. */
declare module '@cornerstonejs/codec-charls/decodewasmjs' {
  const make: (options: object) => Promise<{ readonly JpegLSDecoder: new () => unknown }>;

  export = make;
}
declare module '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs' {
  const make: (options: object) => Promise<{ readonly JPEGDecoder: new () => unknown }>;

  export = make;
}
declare module '@cornerstonejs/codec-libjpeg-turbo-8bit/wasmjs' {
  const make: (options: object) => Promise<{ readonly JPEGEncoder: new () => unknown }>;

  export = make;
}
declare module '@cornerstonejs/codec-openjpeg/decodewasmjs' {
  const make: (options: object) => Promise<{ readonly J2KDecoder: new () => unknown }>;

  export = make;
}
declare module '@cornerstonejs/codec-openjph/wasmjs' {
  const make: (options: object) => Promise<{ readonly HTJ2KDecoder: new () => unknown }>;

  export = make;
}
declare module 'jpeg-lossless-decoder-js' {
  export class Decoder {
    readonly frame: { readonly dimX: number; readonly dimY: number; readonly numComp: number };
    readonly numComp: number;
    readonly yLoc: number;
    decode(buffer: ArrayBuffer, offset: number, length: number, sampleBytes: number): Uint8Array | Uint16Array | null;
  }
}

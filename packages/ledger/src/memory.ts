import type { TileStore } from './api.ts';

/** A store that forgets: for tests and trials. `files` is what it holds. */
export interface MemoryTileStore extends TileStore {
  readonly files: Map<string, Uint8Array>;
}

/** Makes an empty store in memory, or one over `files`. */
export function memoryTileStore(files = new Map<string, Uint8Array>()): MemoryTileStore {
  return {
    files,
    read: async (path) => files.get(path),
    async write(added) {
      for (const file of added) files.set(file.path, new Uint8Array(file.bytes));
    },
    async replace(path, bytes) {
      files.set(path, new Uint8Array(bytes));
    },
    async remove(path) {
      if (files.delete(path) || !path.endsWith('.p')) return;
      for (const name of [...files.keys()]) if (name.startsWith(`${path}/`)) files.delete(name);
    },
  };
}

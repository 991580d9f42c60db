import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

const FOLDER = new URL('./src/images/light/', import.meta.url);

/** The page and its style sheet as they are: nothing of them needs building. */
function asTheyAre(): Plugin {
  return {
    name: 'leadglass-light',
    generateBundle() {
      for (const name of ['index.html', 'light.css'])
        this.emitFile({
          type: 'asset',
          fileName: `light/${name}`,
          source: readFileSync(new URL(name, FOLDER), 'utf8'),
        });
    },
  };
}

/** The light page (docs/decisions/0026): one plain script for browsers of ten years ago, beside the console's own pages. */
// biome-ignore lint/style/noDefaultExport: Vite reads the default export.
export default defineConfig({
  publicDir: false,
  plugins: [asTheyAre()],
  build: {
    outDir: 'dist',
    emptyOutDir: false,
    target: 'es2015',
    lib: {
      entry: fileURLToPath(new URL('page.ts', FOLDER)),
      formats: ['iife'],
      name: 'LeadglassLight',
      fileName: () => 'light/light.js',
    },
  },
});

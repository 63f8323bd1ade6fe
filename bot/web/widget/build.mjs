// Builds bot/web/dist/widget.js from src/: one file, the same bytes each time. `make widget` runs it.

import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, transform } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../../..');
const out = process.argv[2] ?? join(here, '../dist/widget.js');
const banner = '/*! Kneewise chat widget, Apache-2.0. Built from bot/web/widget/src by `make widget`. */';

/** Style sheets come into the script as text, made small. */
const sheets = {
  name: 'sheets',
  setup(made) {
    made.onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const small = await transform(await readFile(path, 'utf8'), { loader: 'css', minify: true });
      return { contents: small.code.trim(), loader: 'text' };
    });
  },
};

await build({
  entryPoints: [join(here, 'src/index.js')],
  absWorkingDir: root,
  outfile: out,
  bundle: true,
  minify: true,
  format: 'esm',
  platform: 'browser',
  target: ['es2022'],
  legalComments: 'none',
  banner: { js: banner },
  plugins: [sheets],
});

/**
 * Bundles page/ into dist/graphiql: files with hashed names, compressed beside each, and manifest.json, which lists all
 * that `routes.ts` may serve. Run by `npm run build:graphiql`.
 */
import { createHash } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, extname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { build } from 'esbuild';

const root = resolve(fileURLToPath(import.meta.url), '../../../..');
const outdir = join(root, 'dist/graphiql');
const page = 'gateway/http/graphiql/page';

const ENTRIES = {
  boot: `${page}/boot.ts`,
  main: `${page}/main.tsx`,
  'editor-worker': 'monaco-editor/esm/vs/editor/editor.worker.js',
  'json-worker': 'monaco-editor/esm/vs/language/json/json.worker.js',
  'graphql-worker': 'monaco-graphql/esm/graphql.worker.js',
};

const TYPES = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.ttf': 'font/ttf',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
};

/** GraphiQL names these by their old CommonJS addresses, which have no named exports when imported as modules. */
const PRETTIER_AS_MODULES = {
  'prettier/parser-graphql': 'prettier/plugins/graphql',
  'prettier/parser-babel': 'prettier/plugins/babel',
};

/** monaco-graphql asks for all of Monaco; the page has a shorter list. */
const partsOfMonaco = {
  name: 'parts-of-monaco',
  setup({ onResolve }) {
    onResolve({ filter: /(^|\/)monaco-editor(\.js)?$/ }, ({ path, importer }) =>
      path.startsWith('monaco-graphql/') || /monaco-graphql[\\/]esm[\\/]/.test(importer)
        ? { path: join(root, page, 'monaco.ts') }
        : undefined,
    );
  },
};

/** GraphiQL's style sheets carry their fonts as data: URLs; the page's policy wants files. */
const fontsAsFiles = {
  name: 'fonts-as-files',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^data:font\// }, ({ path }) => {
      const [, subtype, base64] = /^data:font\/([a-z0-9]+);base64,(.*)$/s.exec(path);
      return { path: `font.${subtype}`, namespace: 'font', suffix: `?${digest(base64)}`, pluginData: base64 };
    });
    onLoad({ filter: /.*/, namespace: 'font' }, ({ pluginData }) => ({
      contents: Buffer.from(pluginData, 'base64'),
      loader: 'file',
    }));
  },
};

function digest(bytes) {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 32);
}

function bundle() {
  return build({
    absWorkingDir: root,
    entryPoints: ENTRIES,
    entryNames: '[name]-[hash]',
    outdir,
    bundle: true,
    write: false,
    metafile: true,
    splitting: true,
    format: 'esm',
    target: 'es2022',
    minify: true,
    legalComments: 'eof',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"production"' },
    loader: { '.ttf': 'file' },
    alias: PRETTIER_AS_MODULES,
    plugins: [partsOfMonaco, fontsAsFiles],
    logLevel: 'warning',
  });
}

/** Two copies of graphql-js refuse each other's schemas at run time, so it is checked here. */
function requireOneGraphql({ inputs }) {
  const copies = new Set();
  for (const input of Object.keys(inputs)) {
    const [, folder, extension] = /^(.*node_modules\/graphql\/).*(\.m?js)$/.exec(input) ?? [];
    if (folder !== undefined) copies.add(`${folder}*${extension}`);
  }
  if (copies.size !== 1)
    throw new Error(`the page needs exactly one graphql, found: ${[...copies].join(', ') || 'none'}`);
}

/** Output name by entry name. */
function outputsOfEntries({ outputs }) {
  const names = new Map();
  for (const [path, { entryPoint, cssBundle }] of Object.entries(outputs)) {
    const entry = Object.keys(ENTRIES).find((name) => entryPoint?.endsWith(ENTRIES[name]));
    if (entry !== undefined) names.set(entry, { file: basename(path), css: cssBundle && basename(cssBundle) });
  }
  return names;
}

/** Names of the files that `file` imports statically, itself included: the browser may fetch them all at once. */
function staticImports({ outputs }, file) {
  const byName = new Map(Object.entries(outputs).map(([path, output]) => [basename(path), output]));
  const found = new Set([file]);
  for (const name of found) {
    for (const { path, kind } of byName.get(name).imports) if (kind === 'import-statement') found.add(basename(path));
  }
  return [...found];
}

/** @returns the file as the manifest lists it: content type, bytes, digest, and the encodings that make it smaller */
async function write({ path, contents }) {
  const name = basename(path);
  const extension = extname(name);
  if (TYPES[extension] === undefined) throw new Error(`no content type for ${name}`);
  await writeFile(join(outdir, name), contents);
  const encodings = [];
  for (const [encoding, suffix, compressed] of await compress(contents)) {
    if (compressed.length > contents.length * 0.95) continue;
    await writeFile(join(outdir, name + suffix), compressed);
    encodings.push(encoding);
  }
  return [name, { type: TYPES[extension], bytes: contents.length, digest: digest(contents), encodings }];
}

async function compress(contents) {
  const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_SIZE_HINT } = constants;
  const params = { [BROTLI_PARAM_QUALITY]: 11, [BROTLI_PARAM_SIZE_HINT]: contents.length };
  const [br, gz] = await Promise.all([
    promisify(brotliCompress)(contents, { params }),
    promisify(gzip)(contents, { level: 9 }),
  ]);
  return [
    ['br', '.br', br],
    ['gzip', '.gz', gz],
  ];
}

const { outputFiles, metafile } = await bundle();
requireOneGraphql(metafile);
const entries = outputsOfEntries(metafile);
const styles = entries.get('main').css;
// A lazily imported module brings its style sheet once more; the one of `main` already holds every rule.
const wanted = outputFiles.filter(({ path }) => !path.endsWith('.css') || basename(path) === styles);

await rm(outdir, { recursive: true, force: true });
await mkdir(outdir, { recursive: true });
const files = Object.fromEntries(await Promise.all(wanted.map(write)));
const manifest = {
  scripts: [entries.get('boot').file, entries.get('main').file],
  styles: [styles],
  preload: staticImports(metafile, entries.get('main').file).slice(1),
  workers: {
    editor: entries.get('editor-worker').file,
    json: entries.get('json-worker').file,
    graphql: entries.get('graphql-worker').file,
  },
  files,
};
await writeFile(join(outdir, 'manifest.json'), JSON.stringify(manifest, null, 2));
process.stdout.write(`dist/graphiql: ${wanted.length} files\n`);

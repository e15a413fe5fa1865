import { z } from 'zod';

const path = z.string().min(1);
/** No `~`: it stands between the parts of an id. */
const part = z.string().regex(/^[^~\s]{1,256}$/, 'expected up to 256 characters without spaces and ~');

const manifest = z.union(
  [
    path,
    z.strictObject({
      file: path.describe('Path of the manifest.'),
      app: part.describe(
        'The app that it is for: its documents are `app~version~id`, or `id` with the headers of that client.',
      ),
      version: part.describe('Of the app.'),
    }),
  ],
  { error: 'expected the path of a manifest, or { file, app, version }' },
);

export const persistedDocuments = z
  .strictObject({
    enabled: z.boolean().prefault(true).describe('False: ids of documents mean nothing, and nothing is required.'),
    manifests: z
      .array(manifest)
      .max(100)
      .prefault([])
      .describe('Of Apollo, or objects of ids and texts (Relay, GraphQL Code Generator, Hive). Watched.'),
    require: z
      .union([z.boolean(), z.literal('id')], { error: 'expected false, true or id' })
      .prefault(false)
      .describe('True: documents of the manifests only, by id or exact text; id: by id only.'),
    log_unknown: z.boolean().prefault(false).describe('Log operations that no manifest has, answered or not.'),
    apq: z
      .boolean()
      .exactOptional()
      .describe(
        'Automatic persisted queries: clients may have a text kept under its hash. True unless `require` is set.',
      ),
    sources: z
      .array(z.enum(['documentId', 'sha256Hash', 'doc_id', 'path']))
      .min(1)
      .prefault(['documentId', 'sha256Hash', 'doc_id', 'path'])
      .describe(
        'Where ids stand: member or parameter, hash of extensions.persistedQuery, Relay’s member, /graphql/:id.',
      ),
  })
  .exactOptional()
  .describe('Documents that clients name by an id, and whether others are answered.');

import { parentPort } from 'node:worker_threads';
import { executeSync, type GraphQLSchema, getOperationAST, parse } from 'graphql';
import { ByteBudget, KeptMap, textBytes } from '../../kept';
import { buildApiSchema, buildVisibleSchema } from '../api-schema';
import { introspectAsWritten } from '../graphql-internals';
import { introspectionPart } from '../introspection-part';
import type { SchemaView } from '../requirements';
import { validateDocument } from '../validation';
import { hasLongNumber } from '../written-defaults';
import type { Crashed, Introspected, IntrospectJob, Job, Validated, ValidateJob } from './jobs';

/** The file that the introspection thread runs: answers each job with one message. */

let built: { readonly id: number; readonly schema: GraphQLSchema } | null = null;

/** Bytes of a schema in memory for each character of its SDL; measured. */
const BYTES_PER_CHARACTER = 45;
/** Of all that is kept in this thread; a schema alone may be 0.4 of it. */
const KEPT_BYTES = 400_000_000;
/** As they see it who come with other rights than everybody's or nobody's. */
const VIEWS_MAX = 16;

const views = new KeptMap<string, { readonly schema: GraphQLSchema; readonly characters: number }>({
  name: 'visible schemas',
  weigh: ({ characters }, key) => textBytes(key) + BYTES_PER_CHARACTER * characters,
  entriesMax: VIEWS_MAX,
  budget: new ByteBudget(KEPT_BYTES),
});

async function schemaOf(job: IntrospectJob | ValidateJob): Promise<GraphQLSchema> {
  const { schemaId, sdl, view } = job;
  if (view !== null) return visibleSchema(job, view);
  if (built?.id !== schemaId) built = { id: schemaId, schema: await buildApiSchema(sdl) };
  return built.schema;
}

async function visibleSchema({ schemaId, sdl }: IntrospectJob | ValidateJob, view: SchemaView): Promise<GraphQLSchema> {
  const key = `${schemaId} ${view.granted}`;
  const known = views.get(key);
  if (known !== undefined) return known.schema;
  const schema = await buildVisibleSchema(sdl, view);
  views.set(key, { schema, characters: sdl.reduce((sum, part) => sum + part.length, 0) });
  return schema;
}

// Numbers that graphql-js made doubles of.
introspectAsWritten(hasLongNumber);

const encoder = new TextEncoder();

async function answer(job: Job): Promise<Introspected | Validated> {
  if (job.kind === 'introspect') return introspected(job);
  if (job.kind === 'validate') return validated(job);
  throw new Error('composing and reading have a thread of their own');
}

async function validated(job: ValidateJob): Promise<Validated> {
  const errors = validateDocument(await schemaOf(job), parse(job.query), job.options);
  return {
    kind: 'validated',
    errors: errors.map(({ message, positions, extensions }) => ({ message, positions, extensions: { ...extensions } })),
  };
}

async function introspected(job: IntrospectJob): Promise<Introspected> {
  const document = parse(job.query);
  const operation = getOperationAST(document, job.operationName);
  if (!operation) throw new Error('there is no such operation');
  const part = introspectionPart(document, operation, job.fields);
  const schema = await schemaOf(job);
  const { data, errors = [] } = executeSync({ schema, document: part.document, variableValues: job.variables });
  return {
    kind: 'introspected',
    texts: Object.entries(data ?? {}).map(([key, value]) => [key, encoder.encode(JSON.stringify(value))]),
    hasData: data !== null && data !== undefined,
    errors: errors.map(({ message, path, positions }) => ({ message, path, positions })),
  };
}

function crashed(error: unknown): Crashed {
  const known = error instanceof Error ? error : new Error(String(error));
  return { kind: 'crashed', message: known.message, stack: known.stack ?? known.message };
}

parentPort?.on('message', async (job: Job) => {
  const done = await answer(job).catch(crashed);
  const texts = done.kind === 'introspected' ? done.texts : [];
  const buffers = texts.map(([, { buffer }]) => buffer).filter((one) => one instanceof ArrayBuffer);
  parentPort?.postMessage(done, buffers); // moved, not copied
});

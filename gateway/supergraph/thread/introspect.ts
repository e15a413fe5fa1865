import { parentPort } from 'node:worker_threads';
import { executeSync, type GraphQLSchema, getOperationAST, parse } from 'graphql';
import { buildApiSchema } from '../api-schema';
import { introspectAsWritten } from '../graphql-internals';
import { introspectionPart } from '../introspection-part';
import { hasLongNumber } from '../written-defaults';
import type { Crashed, Introspected, IntrospectJob } from './jobs';

/** The file that the introspection thread runs: answers each job with one message. */

let built: { readonly id: number; readonly schema: GraphQLSchema } | null = null;

async function schemaOf({ schemaId, sdl }: IntrospectJob): Promise<GraphQLSchema> {
  if (built?.id !== schemaId) built = { id: schemaId, schema: await buildApiSchema(sdl) };
  return built.schema;
}

// Numbers that graphql-js made doubles of.
introspectAsWritten(hasLongNumber);

const encoder = new TextEncoder();

async function answer(job: IntrospectJob): Promise<Introspected> {
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

parentPort?.on('message', async (job: IntrospectJob) => {
  const done = await answer(job).catch(crashed);
  const texts = done.kind === 'introspected' ? done.texts : [];
  const buffers = texts.map(([, { buffer }]) => buffer).filter((one) => one instanceof ArrayBuffer);
  parentPort?.postMessage(done, buffers); // moved, not copied
});

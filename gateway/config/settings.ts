import { z } from 'zod';
import { admin } from './sections/admin';
import { apollo } from './sections/apollo';
import { audit } from './sections/audit';
import { authentication } from './sections/authentication';
import { authorization } from './sections/authorization';
import { cors } from './sections/cors';
import { csrf } from './sections/csrf';
import { demandControl } from './sections/demand-control';
import { discovery } from './sections/discovery';
import { errorMasking } from './sections/error-masking';
import { headers } from './sections/headers';
import { limits } from './sections/limits';
import { log } from './sections/log';
import { memory } from './sections/memory';
import { persistedDocuments } from './sections/persisted-documents';
import { planning } from './sections/planning';
import { plugins } from './sections/plugins';
import { rateLimit } from './sections/rate-limit';
import { registry } from './sections/registry';
import { reserved } from './sections/reserved';
import { routing } from './sections/routing';
import { server } from './sections/server';
import { store } from './sections/store';
import { subgraphs } from './sections/subgraphs';
import { supergraph } from './sections/supergraph';
import { graphiql, introspection, queryPlan } from './sections/switches';
import { telemetry } from './sections/telemetry';
import { trafficShaping } from './sections/traffic-shaping';

/** headgate.yaml: the one source of its checks, its defaults and its JSON Schema. */
export const settingsSchema = z.strictObject({
  server,
  admin,
  cors,
  csrf,
  authentication,
  audit,
  authorization,
  supergraph,
  subgraphs,
  discovery,
  traffic_shaping: trafficShaping,
  headers,
  error_masking: errorMasking,
  routing,
  limits,
  rate_limit: rateLimit,
  demand_control: demandControl,
  memory,
  planning,
  graphiql,
  introspection,
  query_plan: queryPlan,
  log,
  registry,
  store,
  persisted_documents: persistedDocuments,
  plugins,
  apollo,
  telemetry,
  ...reserved,
});

/** A configuration file after its checks: defaults filled in, durations in milliseconds, sizes in bytes. */
export type Settings = z.output<typeof settingsSchema>;

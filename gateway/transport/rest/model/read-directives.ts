import type { ASTNode } from 'graphql';
import { Arguments } from './arguments';
import { type ConnectHttp, readConnectHttp, readSourceHttp, type SourceHttp } from './read-http';
import { type LocatedMapping, type Reading, Site } from './site';
import { type Application, coordinateOf } from './subgraph-document';

/** What `@source` and `@connect` have in common: how an answer is judged. */
interface Judgement {
  readonly isSuccess: LocatedMapping | null;
  readonly errorMessage: LocatedMapping | null;
  readonly errorExtensions: LocatedMapping | null;
}

export interface SourceDirective extends Judgement {
  readonly name: string;
  readonly http: SourceHttp;
  readonly site: Site;
  readonly node: ASTNode;
}

export interface ConnectDirective extends Judgement {
  readonly application: Application;
  readonly site: Site;
  readonly source: { readonly name: string; readonly node: ASTNode } | null;
  /** Null: a virtual connector, whose value comes from its selection alone. */
  readonly http: ConnectHttp | null;
  readonly selection: LocatedMapping;
  readonly entity: boolean;
  readonly batch: { readonly maxSize: number | null; readonly node: ASTNode } | null;
}

/** Source names appear in YAML keys, pool names and metrics. */
const SOURCE_NAME = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;

/** Null when something is wrong; the problem is reported. */
export function readSource(application: Application, reading: Reading): SourceDirective | null {
  const site = new Site(reading, 'schema');
  const args = new Arguments(application.args, application.node, site);
  args.only(['name', 'http', 'errors', 'isSuccess'], '@source');
  const name = args.string('name');
  const http = readSourceHttp(args.object('http'), site);
  if (name === null || !SOURCE_NAME.test(name.value)) {
    site.refuse('ARGUMENT_INVALID', '@source needs a `name` of letters, digits, `_` and `-`', name ?? application.node);
    return null;
  }
  if (http === null) {
    if (args.object('http') === null || !args.object('http')?.names().includes('baseURL'))
      site.refuse('ARGUMENT_INVALID', '@source needs `http: { baseURL: "https://…" }`', application.node);
    return null;
  }
  return { name: name.value, http, site, node: name, ...readJudgement(args, site) };
}

/** Null when something is wrong; the problem is reported. */
export function readConnect(application: Application, reading: Reading): ConnectDirective | null {
  const site = new Site(reading, coordinateOf(application));
  const args = new Arguments(application.args, application.node, site);
  args.only(['source', 'id', 'http', 'selection', 'entity', 'batch', 'errors', 'isSuccess'], '@connect');
  const source = args.string('source');
  const isVirtual = !args.names().includes('http');
  if (isVirtual) site.needs('v0.4', '@connect without `http`', application.node, 'write `http: { GET: "…" }`');
  const httpArgs = args.object('http');
  if (httpArgs === null && !isVirtual)
    site.refuse('ARGUMENT_INVALID', '`http` needs a method and a URL: `http: { GET: "…" }`', args.valueNode('http'));
  const http = httpArgs === null ? null : readConnectHttp(httpArgs, site);
  const selection = site.mapping(args, 'selection', 'null');
  if (args.string('selection') === null)
    site.refuse('ARGUMENT_INVALID', '@connect needs a `selection`: `selection: "id name"`', application.node);
  const judgement = readJudgement(args, site);
  const batch = args.object('batch');
  batch?.only(['maxSize'], '`batch`');
  if (batch !== null) site.needs('v0.2', '`batch`', batch.node);
  if ((http === null && !isVirtual) || selection === null) return null;
  if (isVirtual) warnOfNoEffect(args, site);
  return {
    application,
    site,
    source: source === null ? null : { name: source.value, node: source },
    http,
    selection,
    entity: args.boolean('entity'),
    batch: batch === null ? null : { maxSize: batch.integer('maxSize'), node: batch.node },
    ...judgement,
  };
}

/** Nothing is asked, so there is nothing to judge. */
function warnOfNoEffect(args: Arguments, site: Site): void {
  for (const name of ['errors', 'isSuccess'].filter((one) => args.names().includes(one))) {
    const message = `\`${name}\` has no effect: @connect without \`http\` sends no request; take it out`;
    site.warn('NOT_IN_EFFECT', message, args.valueNode(name));
  }
}

function readJudgement(args: Arguments, site: Site): Judgement {
  const errors = args.object('errors');
  if (errors !== null) site.needs('v0.2', '`errors`', errors.node);
  errors?.only(['message', 'extensions'], '`errors`');
  return {
    isSuccess: site.mapping(args, 'isSuccess'),
    errorMessage: site.mapping(errors, 'message'),
    errorExtensions: site.mapping(errors, 'extensions'),
  };
}

import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { HeadgateError } from '../../errors';
import { type Layer, stack, then } from '../../layers';
import { packageRoot } from '../../package-root';
import { qualityValues } from '../quality-values';
import type { Answer, Route, RouteRequest } from '../route';
import { AssetFiles, chooseEncoding } from './asset-files';
import { contentSecurityPolicy, graphiqlHtml, NOT_BUILT_HTML } from './html';

export interface GraphiqlOptions {
  /** Where GraphQL is served, e.g. `/graphql`. The page is served at the same path. */
  readonly path: string;
  /** What the first tab holds; empty or absent: a greeting. */
  readonly defaultQuery?: string;
  /** Folder that `npm run build:graphiql` writes. */
  readonly assets?: string;
}

export interface Graphiql {
  readonly page: Route['handle'];
  /** The page for browsers at `path`, to stand before the GraphQL route, and its files. */
  readonly routes: readonly Route[];
}

const ASSETS_PATH = '/graphiql/assets';

/** Headers of everything that a browser shows. */
const hardened: Layer<RouteRequest, Answer, undefined> = {
  name: 'GraphiQL headers',
  wrap: (next) => (request) =>
    then(next(request, undefined), (answer) => ({
      ...answer,
      headers: { 'referrer-policy': 'no-referrer', ...answer.headers },
    })),
};

export function createGraphiql({
  path,
  defaultQuery = '',
  assets = join(packageRoot, 'dist/graphiql'),
}: GraphiqlOptions): Graphiql {
  const files = new AssetFiles(assets);
  const shown = (answer: (request: RouteRequest) => Promise<Answer>): Route['handle'] => {
    const step = stack(answer, [hardened]);
    return (request) => step(request, undefined);
  };
  const page = shown((request) => pageAnswer(files, request, defaultQuery));
  return {
    page,
    routes: [
      { method: 'GET', path, when: (request) => wantsGraphiql(request.headers), handle: page },
      { method: 'GET', path: `${ASSETS_PATH}/:file`, handle: shown((request) => assetAnswer(files, request)) },
    ],
  };
}

/** True for a browser that navigates: it asks for HTML rather than for JSON. */
export function wantsGraphiql(headers: Readonly<IncomingHttpHeaders>): boolean {
  const accepted = qualityValues(headers.accept);
  const json = Math.max(accepted.get('application/json') ?? 0, accepted.get('application/graphql-response+json') ?? 0);
  return (accepted.get('text/html') ?? 0) > json;
}

async function pageAnswer(files: AssetFiles, request: RouteRequest, defaultQuery: string): Promise<Answer> {
  const manifest = await files.manifest();
  const nonce = randomBytes(16).toString('base64');
  return {
    status: manifest === null ? 404 : 200,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': contentSecurityPolicy(nonce),
      'cache-control': 'no-store',
      vary: 'accept',
    },
    body: manifest === null ? NOT_BUILT_HTML : graphiqlHtml(manifest, assetsBase(request.path), nonce, defaultQuery),
  };
}

/** Relative, so that the page also works behind a proxy that puts a prefix before every path. */
function assetsBase(pagePath: string): string {
  const depth = pagePath.split('/').length - 2;
  return `${depth > 0 ? '../'.repeat(depth) : './'}${ASSETS_PATH.slice(1)}/`;
}

async function assetAnswer(files: AssetFiles, { params, headers }: RouteRequest): Promise<Answer> {
  const name = params.file ?? '';
  const known = (await files.manifest())?.files ?? {};
  const file = Object.hasOwn(known, name) ? known[name] : undefined;
  if (file === undefined) throw notFound(name);
  const encoding = chooseEncoding(headers['accept-encoding'], file.encodings);
  const etag = `"${file.digest}${encoding === null ? '' : `-${encoding}`}"`;
  const about = {
    etag,
    'cache-control': 'public, max-age=31536000, immutable',
    vary: 'accept-encoding',
    // For workers, whose policy is the one of their own file.
    'content-security-policy': "default-src 'none'; script-src 'self'",
    'cross-origin-resource-policy': 'same-origin',
  };
  if (matches(headers['if-none-match'], etag)) return { status: 304, headers: about };
  const body = await files.bytes(name, encoding).catch(() => null);
  if (body === null) throw notFound(name);
  const coding = encoding === null ? {} : { 'content-encoding': encoding };
  return { status: 200, headers: { ...about, ...coding, 'content-type': file.type }, body };
}

function matches(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  return ifNoneMatch.split(',').some((one) => one.trim().replace(/^W\//, '') === etag || one.trim() === '*');
}

function notFound(name: string): HeadgateError {
  return new HeadgateError('NOT_FOUND', `GraphiQL has no file ${name}`);
}

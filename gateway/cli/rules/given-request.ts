import { ReceivedCall } from '../../call';
import { IDENTITY } from '../../identity';

/** A request as somebody describes it, who wants to know what rules make of it. */
export interface GivenRequest {
  readonly method?: string | undefined;
  /** Path, with the query where there is one. */
  readonly path?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Address of the client. */
  readonly peer?: string | undefined;
  /** Of who asks; absent: nobody is known. */
  readonly claims?: Readonly<Record<string, unknown>> | undefined;
  readonly scopes?: readonly string[] | undefined;
  /** How they proved it. */
  readonly auth_type?: 'jwt' | 'introspection' | 'api_key' | 'mtls' | undefined;
}

export interface GivenOperation {
  readonly name?: string | undefined;
  readonly type?: 'query' | 'mutation' | undefined;
}

/** The call that a gateway would make of it, once it knows who asks and what. */
export function callOf(request: GivenRequest, { name, type = 'query' }: GivenOperation): ReceivedCall {
  const { method, path = '/graphql', headers = {}, peer, claims, scopes, auth_type: authType = 'jwt' } = request;
  const [target = '', query] = path.split(/(?=\?)/, 2);
  const lowerCase = Object.entries(headers).map(([header, value]) => [header.toLowerCase(), value]);
  const call = new ReceivedCall(Object.fromEntries(lowerCase), peer, {
    ...(method !== undefined && { method }),
    path: target,
    search: query ?? '',
  });
  if (claims !== undefined || scopes !== undefined) {
    const known = { claims: claims ?? {}, scopes: new Set(scopes) };
    call.facts.put(IDENTITY, { type: authType, ...known, expiresAt: null, key: JSON.stringify([claims, scopes]) });
  }
  call.operation = { name: name ?? null, kind: type };
  return call;
}

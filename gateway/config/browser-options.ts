import type { BrowserOptions, CorsOptions } from '../http/browsers/options';
import type { Settings } from './settings';

export function browserOptions({ cors, csrf }: Settings): BrowserOptions {
  return {
    cors: cors === undefined ? null : corsOptions(cors),
    csrf: { enabled: csrf.enabled, requiredHeaders: csrf.required_headers.map((name) => name.toLowerCase()) },
  };
}

type Section = NonNullable<Settings['cors']>;
type Rules = Partial<Pick<Section, 'allow_headers' | 'expose_headers' | 'methods' | 'max_age'>>;

function corsOptions(section: Section): CorsOptions {
  const { allow_any_origin: isOpen, allow_credentials: allowCredentials, policies } = section;
  const rulesOf = (own: Rules) => ({
    allowHeaders: own.allow_headers ?? section.allow_headers,
    exposeHeaders: own.expose_headers ?? section.expose_headers,
    methods: own.methods ?? section.methods,
    maxAgeMs: own.max_age ?? section.max_age ?? null,
  });
  return {
    policies: policies.map((policy) => ({
      ...rulesOf(policy),
      origins: policy.origins,
      matchOrigins: policy.match_origins,
      allowCredentials: policy.allow_credentials ?? allowCredentials,
    })),
    anyOrigin: isOpen ? rulesOf(section) : null,
  };
}

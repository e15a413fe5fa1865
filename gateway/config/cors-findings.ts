import { OriginPattern } from '../http/browsers/origin-pattern';
import type { Finding } from './problem';
import type { Settings } from './settings';

/** Credentials for whoever asks: any page could act in the name of who looks at it. */
export function* corsFindings({ cors }: Settings): Generator<Finding> {
  if (cors === undefined) return;
  const { allow_any_origin: isOpen, allow_credentials: always, policies } = cors;
  if (isOpen && always)
    yield {
      path: ['cors', 'allow_credentials'],
      message:
        'allow_any_origin lets every page ask, and none of them with credentials; set allow_credentials in the policies whose origins need it',
    };
  for (const [index, { allow_credentials: own, match_origins: patterns }] of policies.entries()) {
    if (!(own ?? always)) continue;
    const at = patterns.findIndex((text) => new OriginPattern(text).fitsAnybody);
    if (at !== -1)
      yield {
        path: ['cors', 'policies', index, 'match_origins', at],
        message:
          'every origin fits, and the policy allows credentials; name the hosts, or set allow_credentials: false',
      };
  }
}

/** Why an attempt or a check failed, as one of few words, for counting. */
export type FailureReason =
  | 'refused'
  | 'dns'
  | 'tls'
  | 'unreachable'
  | 'connect-timeout'
  | 'forbidden-address'
  | 'connect'
  | 'timeout'
  | 'reset'
  | 'protocol'
  | 'not-graphql'
  | 'status-other'
  | 'status-4xx'
  | 'status-5xx'
  | 'too-large'
  | 'own-fault'
  | 'unsendable';

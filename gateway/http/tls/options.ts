/** How clients connect by TLS. PEM texts. */
export interface ServerTlsOptions {
  /** With those that lead to an authority. */
  readonly cert: string;
  readonly key: string;
  /** Authorities of client certificates; null: those that Node knows. */
  readonly clientCa: string | null;
  /** `request`: a client may have none, and one that it has must be good. `require`: it must have one. */
  readonly clientAuth: 'none' | 'request' | 'require';
}

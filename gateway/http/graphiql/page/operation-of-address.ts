export interface AddressedOperation {
  readonly initialQuery?: string;
  readonly initialVariables?: string;
}

/** The operation of an address such as `/graphql?query=…&variables=…`, to be shown instead of the stored one. */
export function operationOf(search: string): AddressedOperation {
  const parameters = new URLSearchParams(search);
  const query = parameters.get('query');
  const variables = parameters.get('variables');
  return {
    ...(query === null ? {} : { initialQuery: query }),
    ...(variables === null ? {} : { initialVariables: variables }),
  };
}

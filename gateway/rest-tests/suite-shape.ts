import { z } from 'zod';

const json = z.record(z.string(), z.unknown());
/** Values of headers as people write them: `x-count: 2`. */
const scalars = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String));
const status = z.int().min(100).max(599);
const method = z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']);

const variables = z.strictObject({
  $args: json.exactOptional(),
  $this: json.exactOptional(),
  $batch: z.array(json).exactOptional(),
  $config: json.exactOptional(),
  $context: json.exactOptional(),
  $env: scalars.exactOptional(),
  $requestHeaders: scalars.exactOptional(),
});

const queryParams = z.record(z.string(), z.unknown());

const request = z.strictObject({
  method: method.exactOptional(),
  url: z.string().exactOptional(),
  scheme: z.string().exactOptional(),
  origin: z.string().exactOptional(),
  path: z.string().exactOptional(),
  queryParams: queryParams.exactOptional(),
  headers: scalars.exactOptional(),
  /** Null: none is sent. */
  body: z.unknown().optional(),
  bodyFile: z.string().exactOptional(),
});

const error = z
  .strictObject({
    message: z.string().exactOptional(),
    contains_message: z.string().exactOptional(),
    extensions: json.exactOptional(),
  })
  .refine((given) => Object.keys(given).length > 0, 'says nothing: give message, contains_message or extensions');

const problem = z
  .strictObject({
    message: z.string().exactOptional(),
    contains_message: z.string().exactOptional(),
    path: z.string().exactOptional(),
  })
  .refine((given) => Object.keys(given).length > 0, 'says nothing: give message, contains_message or path');

const expectation = z.strictObject({
  /** Null: nothing is sent. */
  connectorRequest: request.nullable().exactOptional(),
  connectorResponse: z.unknown().optional(),
  connectorResponseFile: z.string().exactOptional(),
  connectorResponseHeaders: scalars.exactOptional(),
  error: error.exactOptional(),
  errors: z.array(error).exactOptional(),
  /** What mappings found nothing for; all of it when it is given. */
  problems: z.array(problem).exactOptional(),
});

const answer = {
  apiResponseBody: z.unknown().optional(),
  apiResponseBodyFile: z.string().exactOptional(),
  apiResponseHeaders: scalars.exactOptional(),
  status: status.exactOptional(),
  apiResponseStatus: status.exactOptional(),
};

const testCase = z
  .strictObject({
    name: z.string().min(1),
    target: z.string().exactOptional(),
    /** An older name of `target`. */
    connector: z.string().exactOptional(),
    skip: z.boolean().exactOptional(),
    variables: variables.exactOptional(),
    ...answer,
    expect: expectation.refine((given) => Object.keys(given).length > 0, 'expects nothing').exactOptional(),
  })
  .refine(({ skip, expect }) => skip === true || expect !== undefined, {
    message: 'expects nothing',
    path: ['expect'],
  });

/** What every case of a file has unless it says otherwise. */
const common = z.strictObject({
  target: z.string().exactOptional(),
  connector: z.string().exactOptional(),
  variables: variables.exactOptional(),
  ...answer,
  expectedResponse: z.unknown().optional(),
  expectedResponseFile: z.string().exactOptional(),
  expectedRequestMethod: method.exactOptional(),
  expectedRequestUrl: z.string().exactOptional(),
  expectedRequestScheme: z.string().exactOptional(),
  expectedRequestOrigin: z.string().exactOptional(),
  expectedRequestPath: z.string().exactOptional(),
  expectedRequestQueryParams: queryParams.exactOptional(),
});

/** A `*.connector.yaml` in the form that is public for connect directives, with a few things more. */
export const suiteShape = z.strictObject({
  config: z.strictObject({
    schema: z.string().min(1).exactOptional(),
    name: z.string().exactOptional(),
    common: common.exactOptional(),
  }),
  tests: z.array(testCase).min(1).max(10_000),
});

type WrittenSuite = z.output<typeof suiteShape>;
export type WrittenCase = WrittenSuite['tests'][number];
export type WrittenCommon = NonNullable<WrittenSuite['config']['common']>;
export type ExpectedRequest = z.output<typeof request>;
export type ExpectedError = z.output<typeof error>;
export type ExpectedProblem = z.output<typeof problem>;

/** What the local stack reads of a function in the template, and the environment that follows from it. Pure. */
import { z } from 'zod';
import { clientDefaults, type Endpoints, region } from '../aws/place.ts';
import { absentMark } from '../template/identities.ts';
import type { LocalResource } from '../template/template.ts';

const variable = z.string().refine((value) => !value.includes(absentMark), 'refers to what is not run locally');

const schema = z.object({
  Code: z.object({ S3Key: z.string() }),
  Handler: z.string(),
  Runtime: z.string().startsWith('nodejs'),
  MemorySize: z.number().default(128),
  Timeout: z.number().default(3),
  ReservedConcurrentExecutions: z.number().optional(),
  Environment: z.object({ Variables: z.record(z.string(), variable) }).default({ Variables: {} }),
  LoggingConfig: z.object({ LogFormat: z.string().optional(), ApplicationLogLevel: z.string().optional() }).default({}),
  Layers: z.undefined('layers are not supported by the local stack').optional(),
});

export type FunctionProperties = z.infer<typeof schema>;

export function readFunction({ properties }: LocalResource): FunctionProperties {
  return schema.parse(properties);
}

/** The name by which the function's logs and metrics know it: its folder's. */
export function serviceName(resource: LocalResource): string {
  return readFunction(resource).Environment.Variables.POWERTOOLS_SERVICE_NAME ?? resource.name;
}

/** What Lambda sets itself, plus the addresses that send the SDK to the local services. */
export function runtimeEnvironment(
  name: string,
  { Handler, Runtime, MemorySize, LoggingConfig }: FunctionProperties,
  endpoints: Endpoints,
): Record<string, string> {
  const { LogFormat = 'Text', ApplicationLogLevel } = LoggingConfig;
  return {
    _HANDLER: Handler,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: clientDefaults.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: clientDefaults.credentials.secretAccessKey,
    AWS_EXECUTION_ENV: `AWS_Lambda_${Runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(MemorySize),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_FORMAT: LogFormat,
    ...(ApplicationLogLevel && { AWS_LAMBDA_LOG_LEVEL: ApplicationLogLevel }),
    AWS_CONFIG_FILE: '/dev/null', // The developer's own AWS profile must change nothing here.
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamodb,
    AWS_ENDPOINT_URL_SQS: endpoints.sqs,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoints.secretsManager,
    AWS_ENDPOINT_URL_KMS: endpoints.kms,
  };
}

/** Settings of the AWS clients: every wait has an end, and connections stay open between invocations. */
import type { ClientDefaults } from '@aws-sdk/client-sqs';

type Settings = Pick<ClientDefaults, 'maxAttempts' | 'requestHandler'>;

/** Without `throwOnRequestTimeout` the client only warns when its time is up. */
const withinMs = (requestTimeout: number, maxAttempts: number): Settings => ({
  maxAttempts,
  requestHandler: { connectionTimeout: 1_000, requestTimeout, throwOnRequestTimeout: true },
});

/** For a caller that must be answered within seconds. */
export const impatient = withinMs(2_000, 3);

/** For work in the background. */
export const patient = withinMs(5_000, 4);

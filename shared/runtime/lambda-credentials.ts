/**
 * Stands in for the SDK's default credential chain in every bundle (infra/build.ts): Lambda gives a function its
 * credentials in the environment, so profiles, SSO and instance metadata would be dead weight at each cold start.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';

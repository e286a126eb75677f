/** From the template's API resources to routes with their functions and authorizers; a wire that leads nowhere is an error. */
import type { JSONWebKeySet } from 'jose';
import { z } from 'zod';
import type { LocalFunction } from '../functions/function.ts';
import { type LocalResource, naming, ofType } from '../template/template.ts';
import type { HttpRoute } from './api.ts';
import { type Cors, corsProperties } from './cors.ts';
import type { JwtConfiguration } from './issuer.ts';
import { createJwtAuthorizer, type JwtAuthorizer } from './jwt-authorizer.ts';

export type ApiWiring = {
  resources: LocalResource[];
  functionByArn: (arn: string) => LocalFunction;
  jwks: JSONWebKeySet;
};

export function createRoutes({ resources, functionByArn, jwks }: ApiWiring): HttpRoute[] {
  const integrations = parsedById(resources, 'AWS::ApiGatewayV2::Integration', integrationProperties);
  const authorizers = parsedById(resources, 'AWS::ApiGatewayV2::Authorizer', authorizerProperties);

  function authorizerOf({ AuthorizationType, AuthorizerId = '' }: RouteProperties): JwtAuthorizer | undefined {
    if (AuthorizationType === 'NONE') return undefined;
    const { Issuer, Audience } = found(authorizers, AuthorizerId).JwtConfiguration;
    return createJwtAuthorizer(Issuer, Audience, jwks);
  }

  const routes = [...parsedById(resources, 'AWS::ApiGatewayV2::Route', routeProperties)].map(([logicalId, route]) =>
    naming(logicalId, () => ({
      routeKey: route.RouteKey,
      target: functionByArn(found(integrations, route.Target.replace('integrations/', '')).IntegrationUri),
      authorizer: authorizerOf(route),
      scopes: route.AuthorizationScopes,
    })),
  );
  requireKnownRouteSettings(resources, routes);
  return routes;
}

/** Undefined when pages of other origins may not read anything. */
export function corsOf(resources: LocalResource[]): Cors | undefined {
  const [api] = parsedById(resources, 'AWS::ApiGatewayV2::Api', apiProperties).values();
  return api?.CorsConfiguration;
}

/** Issuer and audience that tokens must name; an API without an authorizer takes none. */
export function jwtConfigurationOf(resources: LocalResource[]): JwtConfiguration {
  const [authorizer] = parsedById(resources, 'AWS::ApiGatewayV2::Authorizer', authorizerProperties).values();
  const { Issuer: issuer = 'local', Audience: [audience = 'local'] = [] } = authorizer?.JwtConfiguration ?? {};
  return { issuer, audience };
}

/** As at deployment: settings for a route that does not exist are refused. */
function requireKnownRouteSettings(resources: LocalResource[], routes: HttpRoute[]): void {
  for (const [logicalId, stage] of parsedById(resources, 'AWS::ApiGatewayV2::Stage', stageProperties)) {
    for (const routeKey of Object.keys(stage.RouteSettings)) {
      if (routes.some((route) => route.routeKey === routeKey)) continue;
      throw new Error(`${logicalId}: RouteSettings name the route "${routeKey}", which does not exist`);
    }
  }
}

function parsedById<T>(resources: LocalResource[], type: string, schema: z.ZodType<T>): Map<string, T> {
  return new Map(
    ofType(resources, type).map(({ logicalId, properties }) => [
      logicalId,
      naming(logicalId, () => schema.parse(properties)),
    ]),
  );
}

function found<T>(byId: Map<string, T>, id: string): T {
  const value = byId.get(id);
  if (value === undefined) throw new Error(`it refers to ${id || 'nothing'}, which does not exist`);
  return value;
}

const apiProperties = z.strictObject({
  Name: z.string(),
  ProtocolType: z.literal('HTTP'),
  CorsConfiguration: corsProperties.optional(),
});

const routeProperties = z.strictObject({
  ApiId: z.string(),
  RouteKey: z.string(),
  Target: z.string().startsWith('integrations/'),
  AuthorizationType: z.enum(['NONE', 'JWT']).default('NONE'),
  AuthorizerId: z.string().optional(),
  AuthorizationScopes: z.array(z.string()).default([]),
});

type RouteProperties = z.infer<typeof routeProperties>;

const integrationProperties = z.strictObject({
  ApiId: z.string(),
  IntegrationType: z.literal('AWS_PROXY'),
  IntegrationUri: z.string(),
  PayloadFormatVersion: z.literal('2.0'),
});

const authorizerProperties = z.object({
  AuthorizerType: z.literal('JWT'),
  IdentitySource: z.tuple([z.literal('$request.header.Authorization')]),
  JwtConfiguration: z.object({ Issuer: z.string(), Audience: z.array(z.string()).min(1) }),
});

const stageProperties = z.object({
  StageName: z.literal('$default'),
  RouteSettings: z.record(z.string(), z.unknown()).default({}),
});

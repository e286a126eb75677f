/** Who may call what: every route, the function behind it, its authorizer and its throttle. */
import { describe, expect, test } from 'vitest';
import { type Operation, operations } from '../../functions/management-api/operations.ts';
import { type Access, adminScope, routeTable } from '../../functions/management-api/route-table.ts';
import { functionPath } from './functions.ts';
import { arnAt, pathOf, prodConfig, propertiesAt, propertiesOf, refAt, synthesised } from './synthesised.ts';

const webhookKey = 'POST /api/v2/webhooks/google-calendar';
const managementRoutes = Object.entries(routeTable).map(([name, { method, path, access }]) => {
  return { place: `Api/${name}`, key: `${method} ${path}`, access };
});

const authorization: Record<Access, object> = {
  public: { AuthorizationType: 'NONE' },
  user: { AuthorizationType: 'JWT', AuthorizerId: refAt('Api/Api/Jwt') },
  admin: { AuthorizationType: 'JWT', AuthorizerId: refAt('Api/Api/Jwt'), AuthorizationScopes: [adminScope] },
};

describe('routes', () => {
  test('are those of the table and the webhook, no more', () => {
    const keys = propertiesOf('AWS::ApiGatewayV2::Route').map(({ RouteKey }) => RouteKey);
    expect(keys.sort()).toEqual([webhookKey, ...managementRoutes.map(({ key }) => key)].sort());
  });

  test.each(managementRoutes)('[R15] $key is for access $access', ({ place, key, access }) => {
    const { Target, ...route } = propertiesAt(place);
    expect(route).toEqual({ ApiId: refAt('Api/Api'), RouteKey: key, ...authorization[access] });
  });

  test.each(managementRoutes)('$key reaches the management API', ({ place }) => {
    expect(integrationOf(place)).toMatchObject({
      IntegrationUri: arnAt(functionPath('management-api')),
      PayloadFormatVersion: '2.0',
    });
  });

  test('[R15] the webhook asks for no JWT and reaches the receiver, which verifies it', () => {
    expect(propertiesAt('Api/GoogleWebhook')).toMatchObject({ RouteKey: webhookKey, ...authorization.public });
    expect(integrationOf('Api/GoogleWebhook')).toMatchObject({
      IntegrationUri: arnAt(functionPath('webhook-receiver')),
      PayloadFormatVersion: '2.0',
    });
  });

  test("[R15] the authorizer takes the configured issuer's tokens for the configured audience", () => {
    expect(propertiesAt('Api/Api/Jwt')).toMatchObject({
      AuthorizerType: 'JWT',
      IdentitySource: ['$request.header.Authorization'],
      JwtConfiguration: { Issuer: prodConfig.jwt.issuer, Audience: [prodConfig.jwt.audience] },
    });
  });

  test('[R15] the gateway may invoke the two functions behind it, no other', () => {
    const invoked = propertiesOf('AWS::Lambda::Permission').map(({ FunctionName }) => FunctionName);
    expect(invoked).toHaveLength(2);
    expect(invoked).toContainEqual(arnAt(functionPath('webhook-receiver')));
    expect(invoked).toContainEqual(arnAt(functionPath('management-api')));
  });
});

describe('throttle', () => {
  const stage = propertiesAt('Api/Stage') as { RouteSettings: Record<string, object>; DefaultRouteSettings: object };

  test('[F17] the webhook has none: Google takes a 429 for good', () => {
    expect(stage.RouteSettings).not.toHaveProperty([webhookKey]);
    expect(stage.DefaultRouteSettings).toEqual({ DetailedMetricsEnabled: true });
  });

  test.each(managementRoutes)('[R11] $key has one', ({ key }) => {
    expect(stage.RouteSettings[key]).toMatchObject({ ThrottlingRateLimit: 50, ThrottlingBurstLimit: 100 });
  });
});

describe('pages of other origins', () => {
  const cors = propertiesAt('Api/Api').CorsConfiguration as Record<string, string[]>;

  test('[R15] are those of the config', () => {
    expect(cors.AllowOrigins).toEqual(prodConfig.corsOrigins);
  });

  test('may use every method that a route has, and the headers that a client sends and reads', () => {
    expect(cors).toEqual({
      AllowOrigins: expect.any(Array),
      AllowMethods: [...new Set(Object.values(routeTable).map(({ method }) => method))],
      AllowHeaders: ['authorization', 'content-type', 'if-match', 'idempotency-key'],
      ExposeHeaders: ['etag', 'location'],
      MaxAge: 3_600,
    });
    for (const header of documentedHeaders('in')) expect(cors.AllowHeaders).toContain(header);
    for (const header of documentedHeaders('out')) expect(cors.ExposeHeaders).toContain(header);
  });

  test('[R15] are none when there are none in the config', () => {
    const { Resources } = synthesised({ ...prodConfig, corsOrigins: [] });
    const [api] = Object.values(Resources).filter(({ Type }) => Type === 'AWS::ApiGatewayV2::Api');
    expect(api?.Properties).not.toHaveProperty('CorsConfiguration');
  });

  test('[R15] no route answers OPTIONS in the place of the gateway', () => {
    const keys = propertiesOf('AWS::ApiGatewayV2::Route').map(({ RouteKey }) => String(RouteKey));
    expect(keys.filter((key) => /^(ANY|OPTIONS|\$default)/.test(key))).toEqual([]);
  });
});

function documentedHeaders(way: 'in' | 'out'): string[] {
  const described: Operation[] = Object.values(operations);
  return described.flatMap(({ headers, replyHeaders }) =>
    Object.keys((way === 'in' ? headers : replyHeaders)?.shape ?? {}),
  );
}

test('access logs hold neither addresses nor queries: the callback is given a code', () => {
  const { AccessLogSettings } = propertiesAt('Api/Stage') as { AccessLogSettings: { Format: string } };
  expect(Object.values(JSON.parse(AccessLogSettings.Format))).toEqual([
    '$context.requestId',
    '$context.requestTime',
    '$context.routeKey',
    '$context.status',
    '$context.responseLatency',
    '$context.authorizer.error',
    '$context.integrationErrorMessage',
  ]);
});

/** A route's target is `integrations/<id>`. */
function integrationOf(routePlace: string): Record<string, unknown> {
  const target = propertiesAt(routePlace).Target as { 'Fn::Join': [string, [string, { Ref: string }]] };
  const [prefix, { Ref }] = target['Fn::Join'][1];
  expect(prefix).toBe('integrations/');
  return propertiesAt(pathOf(Ref));
}

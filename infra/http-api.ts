/** The one public address. Every route hangs on it, and who may call a route is part of the route. */
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import * as gateway from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import type { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { LogGroup, LogGroupClass } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { type Access, adminScope, requestHeaders, routeTable } from '../functions/management-api/route-table.ts';
import type { StageConfig } from './config.ts';

export interface Route {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  access: Access;
  /** Without it the route is not throttled below the account's limit. */
  requestsPerSecond?: number;
}

/** No address, agent or query: the OAuth callback's query holds a code. */
const accessLogFields = {
  requestId: '$context.requestId',
  time: '$context.requestTime',
  route: '$context.routeKey',
  status: '$context.status',
  latencyMs: '$context.responseLatency',
  authorizerError: '$context.authorizer.error',
  integrationError: '$context.integrationErrorMessage',
};

/** A token is sent as a header and never as a cookie, so no page needs leave to send credentials. */
const corsFor = (allowOrigins: string[]): gateway.CorsPreflightOptions => ({
  allowOrigins,
  allowMethods: [...new Set(Object.values(routeTable).map(({ method }) => gateway.CorsHttpMethod[method]))],
  allowHeaders: ['authorization', 'content-type', ...requestHeaders],
  exposeHeaders: ['etag', 'location'],
  maxAge: Duration.hours(1),
});

export class HttpApi extends Construct {
  readonly url: string;
  private readonly api: gateway.HttpApi;
  private readonly stage: gateway.HttpStage;
  private readonly authorizer: HttpJwtAuthorizer;
  private readonly routeSettings: Record<string, object> = {};

  constructor(scope: Construct, id: string, { config }: { config: StageConfig }) {
    super(scope, id);
    this.api = new gateway.HttpApi(this, 'Api', {
      createDefaultStage: false,
      ...(config.corsOrigins.length > 0 && { corsPreflight: corsFor(config.corsOrigins) }),
    });
    this.stage = this.addStage(config);
    this.url = this.stage.url;
    this.authorizer = new HttpJwtAuthorizer('Jwt', config.jwt.issuer, { jwtAudience: [config.jwt.audience] });
  }

  addRoute(id: string, route: Route, integration: gateway.HttpRouteIntegration): gateway.HttpRoute {
    const added = new gateway.HttpRoute(this, id, {
      httpApi: this.api,
      routeKey: gateway.HttpRouteKey.with(route.path, gateway.HttpMethod[route.method]),
      integration,
      ...(route.access !== 'public' && { authorizer: this.authorizer }),
      ...(route.access === 'admin' && { authorizationScopes: [adminScope] }),
    });
    if (route.requestsPerSecond) this.throttle(route, route.requestsPerSecond);
    this.stage.node.addDependency(added); // A stage with settings for a route that does not exist yet fails to deploy.
    return added;
  }

  /** Answers 500 to 599, whoever gave them: the function or the gateway. */
  serverErrorsOfAll(): Metric {
    return this.stage.metricServerError({ statistic: 'Sum' });
  }

  serverErrors(route: Route): Metric {
    return this.serverErrorsOfAll().with({ dimensionsMap: this.dimensionsOf(route) });
  }

  /** All calls of one route, whatever they were answered. */
  requests(route: Route): Metric {
    return this.stage.metricCount({ statistic: 'Sum' }).with({ dimensionsMap: this.dimensionsOf(route) });
  }

  private dimensionsOf({ method, path }: Route): Record<string, string> {
    return { ApiId: this.api.apiId, Stage: this.stage.stageName, Method: method, Resource: path };
  }

  private throttle({ method, path }: Route, requestsPerSecond: number): void {
    this.routeSettings[`${method} ${path}`] = {
      DetailedMetricsEnabled: true,
      ThrottlingRateLimit: requestsPerSecond,
      ThrottlingBurstLimit: 2 * requestsPerSecond,
    };
  }

  private addStage(config: StageConfig): gateway.HttpStage {
    const logs = new LogGroup(this, 'AccessLog', {
      logGroupClass: LogGroupClass.INFREQUENT_ACCESS, // Read by queries alone.
      retention: config.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const stage = new gateway.HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      detailedMetricsEnabled: true,
      accessLogSettings: {
        destination: new gateway.LogGroupLogDestination(logs),
        format: AccessLogFormat.custom(JSON.stringify(accessLogFields)),
      },
    });
    (stage.node.defaultChild as gateway.CfnStage).routeSettings = this.routeSettings;
    return stage;
  }
}

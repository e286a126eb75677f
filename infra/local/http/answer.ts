/**
 * Payload format 2.0 of an HTTP API: the HTTP answer made of a function's result. Pure.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export type HttpAnswer = { status: number; headers: [name: string, value: string][]; body: Buffer };

/** A result without a status code is the body of a 200, as JSON. A malformed one is `undefined`. */
export function httpAnswer(result: unknown): HttpAnswer | undefined {
  if (typeof result !== 'object' || result === null || !('statusCode' in result)) return inferredAnswer(result);
  const { statusCode, headers = {}, cookies = [], body = '', isBase64Encoded = false } = result as ProxyResult;
  const status = Number(statusCode);
  if (!Number.isInteger(status) || status < 100 || status > 599 || typeof body !== 'string') return undefined;
  const named = Object.entries(headers).map(([name, value]): [string, string] => [name.toLowerCase(), String(value)]);
  const typed = named.some(([name]) => name === 'content-type') ? [] : [['content-type', 'text/plain; charset=utf-8']];
  const baked = cookies.map((cookie) => ['set-cookie', cookie]);
  return {
    status,
    headers: [...named, ...typed, ...baked] as [string, string][],
    body: Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8'),
  };
}

type ProxyResult = {
  statusCode: unknown;
  headers?: Record<string, string | number | boolean>;
  cookies?: string[];
  body?: unknown;
  isBase64Encoded?: boolean;
};

function inferredAnswer(result: unknown): HttpAnswer {
  const body = typeof result === 'string' ? result : JSON.stringify(result);
  return { status: 200, headers: [['content-type', 'application/json']], body: Buffer.from(body) };
}

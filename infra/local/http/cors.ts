/**
 * Cross-origin requests as an HTTP API answers them from its CorsConfiguration. Pure.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
 */
import { z } from 'zod';
import type { HttpAnswer } from './answer.ts';

export const corsProperties = z.strictObject({
  AllowOrigins: z.array(z.string()).min(1),
  AllowMethods: z.array(z.string()),
  AllowHeaders: z.array(z.string()),
  ExposeHeaders: z.array(z.string()),
  MaxAge: z.int(),
});

export type Cors = z.infer<typeof corsProperties>;

type Headers = Record<string, string | string[] | undefined>;

/** A browser's question is answered by the gateway: no route is looked for, and no token. Undefined when it is none. */
export function preflightAnswer(cors: Cors, method: string, headers: Headers): HttpAnswer | undefined {
  const { origin, 'access-control-request-method': asked } = headers;
  if (method !== 'OPTIONS' || origin === undefined || asked === undefined) return undefined;
  const granted: [string, string][] = cors.AllowOrigins.includes(String(origin))
    ? [
        ['access-control-allow-origin', String(origin)],
        ['access-control-allow-methods', cors.AllowMethods.join(',')],
        ['access-control-allow-headers', cors.AllowHeaders.join(',')],
        ['access-control-max-age', String(cors.MaxAge)],
      ]
    : [];
  return { status: 204, headers: granted, body: Buffer.alloc(0) };
}

/** What a function says of origins itself is passed over. */
export function withCors(cors: Cors, answer: HttpAnswer, { origin }: Headers): HttpAnswer {
  const own = answer.headers.filter(([name]) => !name.startsWith('access-control-'));
  if (origin === undefined || !cors.AllowOrigins.includes(String(origin))) return { ...answer, headers: own };
  const granted: [string, string][] = [
    ['access-control-allow-origin', String(origin)],
    ['access-control-expose-headers', cors.ExposeHeaders.join(',')],
  ];
  return { ...answer, headers: [...own, ...granted] };
}

/** GET /api/v2/openapi.json */
import { parse, type Route } from '../route.ts';
import { noQuery } from '../schemas/wire-values.ts';

export const openApiRoute =
  (): Route =>
  async ({ query }) => {
    parse(noQuery, query);
    const { openApiDocument } = await import('../openapi.ts'); // The schemas of all replies, which nothing else needs.
    return { status: 200, body: openApiDocument() };
  };

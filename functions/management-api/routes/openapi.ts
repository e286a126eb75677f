/** GET /api/v2/openapi.json */
import { openApiDocument } from '../openapi.ts';
import type { Route } from '../route.ts';

export const openApiRoute = (): Route => async () => ({ status: 200, body: openApiDocument() });

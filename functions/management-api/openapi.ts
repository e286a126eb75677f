/** The OpenAPI 3.1 document, made from the route table and the schemas that the routes themselves use. */
import * as z from 'zod';
import { type Access, adminScope, type RouteName, routeTable } from './route-table.ts';
import * as schemas from './schemas.ts';

/** `status` of a reply that tells of success, 200 unless it is another. */
type Description = { summary: string; query: z.ZodType; reply: z.ZodType; status?: 200 | 202 };

const descriptions: Record<Exclude<RouteName, 'openapi'>, Description> = {
  connect: {
    summary: 'Where to send the user so that Google can ask for consent',
    query: schemas.connectQuery,
    reply: schemas.connectReply,
  },
  callback: {
    summary: 'Where Google sends the user back to; not called by clients',
    query: schemas.callbackQuery,
    reply: schemas.callbackReply,
  },
  status: { summary: 'How the sync stands', query: schemas.noQuery, reply: schemas.statusReply },
  enable: { summary: 'Switch real-time sync on', query: schemas.noQuery, reply: schemas.statusReply },
  disable: { summary: 'Switch real-time sync off', query: schemas.noQuery, reply: schemas.statusReply },
  appointments: {
    summary: 'Appointments that overlap a span of time, in order of start',
    query: schemas.appointmentsQuery,
    reply: schemas.appointmentsReply,
  },
  syncLogs: {
    summary: 'What the sync has done to appointments, the newest first',
    query: schemas.syncLogsQuery,
    reply: schemas.syncLogsReply,
  },
  sync: {
    summary: 'Sync every calendar now; the status says when it is done',
    query: schemas.noQuery,
    reply: schemas.syncReply,
    status: 202,
  },
  sweep: { summary: 'Have calendars synced that are due', query: schemas.noQuery, reply: schemas.sweepReply },
};

export const openApiDocument = () => ({
  openapi: '3.1.0',
  info: { title: 'BookedBarber calendar sync', version: '2' },
  components: {
    securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    schemas: { Problem: toSchema(schemas.problemReply, 'output') },
  },
  paths: Object.fromEntries(
    (Object.keys(descriptions) as (keyof typeof descriptions)[]).map((name) => [routeTable[name].path, toPath(name)]),
  ),
});

const toPath = (name: keyof typeof descriptions) => {
  const { method, access } = routeTable[name];
  const { summary, query, reply, status = 200 }: Description = descriptions[name];
  return {
    [method.toLowerCase()]: {
      operationId: name,
      summary,
      security: securityOf[access],
      parameters: toParameters(query),
      responses: {
        [status]: {
          description: status === 202 ? 'Accepted' : 'Done',
          content: { 'application/json': { schema: toSchema(reply, 'output') } },
        },
        default: {
          description: 'A problem',
          content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
        },
      },
    },
  };
};

const securityOf: Record<Access, object[]> = {
  public: [],
  user: [{ bearer: [] }],
  admin: [{ bearer: [adminScope] }],
};

const toParameters = (query: z.ZodType) => {
  const { properties = {}, required = [] } = toSchema(query, 'input');
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }));
};

const toSchema = (schema: z.ZodType, io: 'input' | 'output') => {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io });
  return rest;
};

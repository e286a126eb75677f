/** Schemas of the routes as named components of the OpenAPI document: each is there once, and is referred to by its name. */
import * as z from 'zod/mini';
import { operations } from './operations.ts';
import { appointment, appointmentEdit, clash, newAppointment, ownedFields } from './schemas/appointments.ts';
import { calendar, calendarSwitches } from './schemas/calendars.ts';
import { conflict, decision } from './schemas/conflicts.ts';
import { gatewayMessage } from './schemas/gateway.ts';
import { problemReply } from './schemas/problem.ts';
import { settings } from './schemas/settings.ts';
import { statusReply, syncLogEntry } from './schemas/sync.ts';

type Named = Record<string, z.ZodMiniType>;
export type JsonSchema = z.core.JSONSchema.BaseSchema;

/** What deserves a name of its own. All else is named after the operation that it belongs to. */
const sharedReplies: Named = {
  Appointment: appointment,
  AppointmentInBrief: clash,
  OwnedFields: ownedFields,
  Calendar: calendar,
  Conflict: conflict,
  Settings: settings,
  Status: statusReply,
  SyncEvent: syncLogEntry,
  Problem: problemReply,
  GatewayMessage: gatewayMessage,
};

const sharedBodies: Named = {
  NewAppointment: newAppointment,
  AppointmentEdit: appointmentEdit,
  Decision: decision,
  CalendarSwitches: calendarSwitches,
  Settings: settings,
};

export const refTo = (name: string): string => `#/components/schemas/${name}`;

/** The first name of a schema is its only one. */
const inOneDirection = (named: Named, io: 'input' | 'output') => {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(named)) if (!registry.has(schema)) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, { io, uri: refTo, override: sayOnce });
  const components = Object.entries(schemas).map(([name, schema]) => [name, plain(schema)] as const);
  return {
    components: Object.fromEntries(components),
    refOf: (schema: z.ZodMiniType) => ({ $ref: refTo(registry.get(schema)?.id ?? missing()) }),
  };
};

/** A format says what its pattern says, in one word; but a time without its zone or its seconds has no format. */
const sayOnce = ({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodTypes; jsonSchema: JsonSchema }): void => {
  const isLoose =
    zodSchema instanceof z.ZodMiniISODateTime && (zodSchema._zod.def.local || zodSchema._zod.def.precision !== null);
  if (isLoose) delete jsonSchema.format;
  else if (jsonSchema.format !== undefined) delete jsonSchema.pattern;
};

const plain = ({ $schema, $id, ...schema }: JsonSchema): JsonSchema => schema;

const missing = (): never => {
  throw new Error('A schema has no name');
};

const titled = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

/** What is sent is described as it may be given, what is answered as it is. */
export const namedSchemas = () => {
  const all = Object.entries(operations);
  const replies = all.map(([name, { reply }]): [string, z.ZodMiniType] => [`${titled(name)}Reply`, reply]);
  const bodies = all.flatMap(([name, operation]): [string, z.ZodMiniType][] =>
    'body' in operation ? [[`${titled(name)}Body`, operation.body]] : [],
  );
  const given = inOneDirection({ ...sharedBodies, ...Object.fromEntries(bodies) }, 'input');
  const answered = inOneDirection({ ...sharedReplies, ...Object.fromEntries(replies) }, 'output');
  return {
    components: { ...given.components, ...answered.components },
    bodyRef: given.refOf,
    replyRef: answered.refOf,
  };
};

/** A schema that is too small to have a name. */
export const inlineSchema = (schema: z.ZodMiniType, io: 'input' | 'output'): JsonSchema =>
  plain(z.toJSONSchema(schema, { io, override: sayOnce }));

/** Branded ids: strings that say what they identify, so that one cannot be passed for another. */
declare const brand: unique symbol;
export type Id<Name extends string> = string & { readonly [brand]: Name };

/** A barber: the `sub` of the JWT. */
export type UserId = Id<'UserId'>;
/** Our opaque name for one calendar of one user; 22 characters of base64url. */
export type CalendarKey = Id<'CalendarKey'>;
/** Google's name for a calendar, usually an e-mail address. */
export type CalendarId = Id<'CalendarId'>;
export type ChannelId = Id<'ChannelId'>;
export type AppointmentId = Id<'AppointmentId'>;
/** Google's name for an event within one calendar. */
export type EventId = Id<'EventId'>;
export type ConflictId = Id<'ConflictId'>;
/** Ties a write to what caused it: notification → pull → decision → write. */
export type ChainId = Id<'ChainId'>;

/** Says which id a plain string is. The only way in; used where data crosses an edge. */
export const asId = <T extends Id<string>>(value: string): T => value as T;

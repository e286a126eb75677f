/** What both sides last agreed on. It is stored only while our side may differ from it. */
import type { Appointment, OwnedFields } from '../domain/appointment.ts';

/** Undefined when, as far as both sides know, there is no live event. */
export const baseOf = ({ base, status, fields }: Appointment): OwnedFields | undefined =>
  base ?? (status === 'confirmed' ? fields : undefined);

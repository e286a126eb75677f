/** The evidence in a conflict and the suggestion made from it. */
import type { Appointment } from '../domain/appointment.ts';
import type { Conflict } from '../domain/conflict.ts';
import type { Instant } from '../domain/instant.ts';

export type Favoured = 'google' | 'bookedbarber';

export type Evidence = {
  conflict: Conflict;
  /** The one in question; of a mass change the first one. */
  appointment: Appointment;
  now: Instant;
  /** Would it overlap with another appointment of the barber, if this side had its way? */
  clash: Record<Favoured, boolean>;
  /** How often this barber has decided for which side on items of this kind. */
  history: Record<Favoured, number>;
};

export type Reason = {
  factor: 'later_edit' | 'lead_time' | 'client_impact' | 'overlap' | 'habit';
  favours: Favoured;
  /** In whole hundredths, at most 1. */
  weight: number;
  text: string;
};

/** `confidence`: by how much the weights for the choice exceed those against it, at most 1; 0 is a toss-up. */
export type Suggestion = { choice: Favoured; confidence: number; reasons: Reason[] };

export const nameOf: Record<Favoured, string> = { google: 'Google Calendar', bookedbarber: 'BookedBarber' };

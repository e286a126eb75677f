/** Where changes were found, and what is written beside them. */
import type { Look } from '../decision/next-appointment.ts';
import type { Context } from '../decision/sides.ts';
import type { Appointment } from '../domain/appointment.ts';
import type { Calendar } from '../domain/calendar.ts';
import type { Fence } from './fence.ts';

export type Place = {
  calendar: Calendar;
  context: Context;
  stamp: Look;
  /** Passed before anything is written for what was read. */
  fence: Fence;
  /** Counted by hold-back.ts: how many bookings the listing has cancelled, moved or held so far, and out of how many [R9]. */
  listing: { harmed: number; futureBookings?: number };
  /**
   * What has come to take time here, by writes of this run that its calendar has not noted yet. Each write adds to it at
   * once: a run that is outrun looks again at what it has made by then (pull.ts).
   */
  made: Appointment[];
};

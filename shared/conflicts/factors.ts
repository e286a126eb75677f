/** The factors of a suggestion: each looks at one thing, and favours one side with some weight or says nothing. */
import type { Appointment } from '../domain/appointment.ts';
import type { ConflictKind } from '../domain/conflict.ts';
import { day, epochMsOf, hour, type Instant, minute } from '../domain/instant.ts';
import { type Evidence, type Favoured, nameOf, type Reason } from './evidence.ts';
import { isTextOnly, leadTimeMs } from './severity.ts';

export type Factor = (evidence: Evidence) => Reason | undefined;

/** The most that each can weigh. Double-booking outweighs all others together. */
const heaviest = { laterEdit: 0.3, leadTime: 0.15, clientImpact: 0.3, doubleBooking: 1, habit: 0.2 };

/** In full from an hour apart: clocks differ, and two edits in one minute are hardly two opinions. */
export const laterEdit: Factor = (evidence) => {
  const gapMs = editGapMs(evidence);
  if (gapMs === undefined) return undefined;
  const favours = gapMs > 0 ? 'google' : 'bookedbarber';
  const weight = heaviest.laterEdit * Math.min(1, Math.abs(gapMs) / hour);
  return reason('later_edit', favours, weight, `${nameOf[favours]} was edited ${inWords(Math.abs(gapMs))} later`);
};

/** Close to the start a change is more likely meant, and costlier to take back. */
export const leadTime: Factor = (evidence) => {
  const gapMs = editGapMs(evidence);
  const leadMs = leadTimeMs(evidence.conflict, evidence.now);
  if (!gapMs || leadMs === undefined) return undefined;
  const favours = gapMs > 0 ? 'google' : 'bookedbarber';
  const begins = leadMs === 0 ? 'It has begun' : `It begins in ${inWords(leadMs)}`;
  const weight = heaviest.leadTime / (1 + leadMs / day);
  return reason('lead_time', favours, weight, `${begins}, and ${nameOf[favours]} was changed last`);
};

/** Deliberately one-sided: clients hear from BookedBarber alone, so nothing about a booking shall change behind their backs. */
export const clientImpact: Factor = ({ conflict, appointment }) => {
  if (appointment.kind !== 'booking' || isTextOnly(conflict)) return undefined;
  return reason('client_impact', 'bookedbarber', heaviest.clientImpact, whatClientsKnow[conflict.kind]);
};

const whatClientsKnow: Record<ConflictKind, string> = {
  fields: 'The client knows the time in BookedBarber',
  deleted_in_google: 'The client knows of a booking, not that it is cancelled',
  deleted_in_bookedbarber: 'The client knows that the booking is cancelled',
  overlap: 'The client knows the time that the booking had before',
  mass_change: 'The clients know of their bookings as they are in BookedBarber',
};

export const doubleBooking: Factor = ({ clash }) => {
  if (clash.google === clash.bookedbarber) return undefined;
  const [favours, other]: [Favoured, Favoured] = clash.google ? ['bookedbarber', 'google'] : ['google', 'bookedbarber'];
  return reason('overlap', favours, heaviest.doubleBooking, `As ${nameOf[other]} has it, the barber is double-booked`);
};

/** An overlap stands already, and the barber made it: putting it back is a weaker case, and none once it is over. */
export const standingOverlap: Factor = (evidence) => {
  const { clash } = evidence;
  if (clash.bookedbarber) return doubleBooking(evidence); // Where it was is taken by now.
  const favours = clash.google ? 'bookedbarber' : 'google';
  const text = clash.google
    ? 'Put back, the barber is no longer double-booked'
    : 'The barber is no longer double-booked';
  return reason('overlap', favours, heaviest.doubleBooking / 2, text);
};

/** Three decisions at least, and four imaginary undecided ones beside them: a few are no habit yet. */
export const habit: Factor = ({ history }) => {
  const decisions = history.google + history.bookedbarber;
  if (decisions < 3) return undefined;
  const lean = (history.google - history.bookedbarber) / (decisions + 4);
  const favours = lean > 0 ? 'google' : 'bookedbarber';
  const text = `The barber chose ${nameOf[favours]} in ${history[favours]} of ${decisions} such cases`;
  return reason('habit', favours, heaviest.habit * Math.abs(lean), text);
};

const reason = (factor: Reason['factor'], favours: Favoured, exact: number, text: string): Reason | undefined => {
  const weight = Math.round(exact * 100) / 100;
  return weight === 0 ? undefined : { factor, favours, weight, text };
};

/** By how much Google's edit is the later one. Undefined when it is not known when ours was. */
const editGapMs = ({ conflict, appointment }: Evidence): number | undefined => {
  const oursAt = lastEditOf(appointment);
  return oursAt && epochMsOf(conflict.theirsAt) - epochMsOf(oursAt);
};

const lastEditOf = ({ edits }: Appointment): Instant | undefined =>
  Object.values(edits ?? {})
    .sort()
    .at(-1);

const inWords = (ms: number): string => {
  const [unit, lengthMs] = units.find(([, lengthMs]) => ms >= 2 * lengthMs) ?? (['minute', minute] as const);
  const count = Math.max(1, Math.round(ms / lengthMs));
  return new Intl.NumberFormat('en', { style: 'unit', unit, unitDisplay: 'long' }).format(count);
};

const units = [
  ['day', day],
  ['hour', hour],
] as const;

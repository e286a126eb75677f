/** After a person's word the sync looks at the event again, perhaps before anything else has happened. */

import { describe, expect, test } from 'vitest';
import { resolved } from '../../../shared/conflicts/resolve.ts';
import { undone } from '../../../shared/conflicts/undo.ts';
import { decide } from '../../../shared/decision/decide.ts';
import type { SideState } from '../../../shared/domain/appointment.ts';
import type { EventChange } from '../../../shared/domain/calendar-event.ts';
import type { Conflict } from '../../../shared/domain/conflict.ts';
import { aContext, anEvent, now } from '../../support/samples.ts';
import { aDispute, type Dispute, fieldsAt, stamp } from './disputes.ts';

const ours = fieldsAt('11:00');
const theirs = fieldsAt('12:00', { location: 'Theirs' });
const disputes: Record<'fields' | 'deleted_in_google' | 'deleted_in_bookedbarber', Dispute> = {
  fields: aDispute({ kind: 'fields', ours, theirs }),
  deleted_in_google: aDispute({ kind: 'deleted_in_google', ours, theirs: 'gone' }),
  deleted_in_bookedbarber: aDispute({ kind: 'deleted_in_bookedbarber', ours: 'gone', theirs }),
};

const listed = (side: SideState): EventChange => {
  if (side === 'gone') return { kind: 'deleted', id: anEvent().id };
  const { title, location, notes, timeZone } = side;
  const event = anEvent({
    updated: now,
    summary: title,
    ...(location && { location }),
    ...(notes && { description: notes }),
    start: { kind: 'dateTime', dateTime: side.start, timeZone },
    end: { kind: 'dateTime', dateTime: side.end, timeZone },
  });
  return { kind: 'event', event };
};

const decisionOn = (appointment: Dispute['appointment'], { theirs }: Conflict) =>
  decide(appointment, listed(theirs), aContext()).kind;

const resolve = ({ appointment, conflict }: Dispute, choice: 'google' | 'bookedbarber'): Dispute => {
  const outcome = resolved(appointment, conflict, { choice }, stamp);
  if (outcome.kind !== 'resolved') throw new Error(outcome.kind);
  return outcome;
};

describe.each(Object.entries(disputes))('%s', (_, dispute) => {
  test("[R4] Google's side, taken over, leaves nothing to do", () => {
    const { appointment, conflict } = resolve(dispute, 'google');
    expect(decisionOn(appointment, conflict)).toBe('nothing');
  });

  test.each(['google', 'bookedbarber'] as const)(
    '[R2] %s, taken back, waits for a person as it did before',
    (choice) => {
      const { appointment, conflict } = resolve(dispute, choice);
      const outcome = undone(appointment, conflict, stamp);
      if (outcome.kind !== 'undone') throw new Error(outcome.because);
      expect(decisionOn(dispute.appointment, dispute.conflict)).toBe('nothing');
      expect(decisionOn(outcome.appointment, outcome.conflict)).toBe('nothing');
      expect(outcome.appointment.sync).toMatchObject(dispute.appointment.sync);
      expect(outcome.appointment.base).toEqual(dispute.appointment.base);
    },
  );
});

test.each(['fields', 'deleted_in_bookedbarber'] as const)(
  '[R1] %s: our side, kept, is pushed and not disputed again',
  (kind) => {
    const { appointment, conflict } = resolve(disputes[kind], 'bookedbarber');
    expect(decisionOn(appointment, conflict)).toBe('push');
  },
);

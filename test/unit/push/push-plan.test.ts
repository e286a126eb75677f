import { describe, expect, test } from 'vitest';
import { agreed, kept, pendingAt } from '../../../shared/decision/sync-state.ts';
import type { Appointment, EventLink } from '../../../shared/domain/appointment.ts';
import { eventIdFor } from '../../../shared/domain/derived-ids.ts';
import { asId } from '../../../shared/domain/ids.ts';
import { hour, plusMs } from '../../../shared/domain/instant.ts';
import { defaultSettings, type Settings, type Shared } from '../../../shared/domain/settings.ts';
import {
  changedContent,
  deleting,
  newContent,
  parked,
  planned,
  relinked,
  type Said,
  saidByPlan,
  saidNow,
  sending,
  written,
} from '../../../shared/push/push-plan.ts';
import { aBookedEvent, aBooking, aCalendar, anAppointment, at, now } from '../../support/samples.ts';

const calendar = aCalendar();
const other = aCalendar({ key: asId('other-key'), calendarId: asId('other@example.com') });
const sharing = (shared: Partial<Shared>): Settings => ({
  ...defaultSettings,
  shared: { ...defaultSettings.shared, ...shared },
});
const open = sharing({ clientContact: true });
const discreet = sharing({ location: false, notes: false });
const footer = 'Contact: ann@example.com';

const pending = pendingAt(calendar, now);
const { link: _link, ...unplanned } = aBooking({ version: 3, revision: 5, sync: pending });
const link = aBooking().link as EventLink;
const booking: Appointment = { ...unplanned, link };
const { fields } = booking;
const { location: _location, notes: _notes, ...bare } = fields;
const event = aBookedEvent({ etag: '"7"', updated: at('2026-03-02T08:00:00Z') });
const observed = { etag: '"7"', updated: event.updated };
const edited = { ...fields, title: 'Shave' };

describe('what an event is told', () => {
  test('is what the appointment says, and no more than its owner shares', () => {
    expect(saidNow(booking, defaultSettings)).toEqual({ fields, footer: '', untold: [], version: 3 });
    expect(saidNow(booking, open)).toEqual({ fields, footer, untold: [], version: 3 });
    expect(saidNow(booking, discreet).untold).toEqual(['location', 'notes']);
    expect(saidNow(booking, sharing({ notes: false })).untold).toEqual(['notes']);
  });

  test('of a block is all of it: its text came from Google', () => {
    const block = anAppointment({ fields, details: { clientContact: 'ann@example.com' } });
    const settings = { ...discreet, shared: { ...discreet.shared, clientContact: true } };
    expect(saidNow(block, settings)).toEqual({ fields, footer: '', untold: [], version: 1 });
    const content = newContent(block, saidNow(block, settings), settings);
    expect(content).toMatchObject({ location: 'Main St 1', description: 'Bring card' });
  });
});

describe('a new event', () => {
  test('says everything', () => {
    expect(newContent(booking, saidNow(booking, open), open)).toEqual({
      summary: 'Haircut – Ann',
      location: 'Main St 1',
      description: `Bring card\n\n${footer}`,
      times: { start: event.start, end: event.end },
    });
  });

  test('keeps to itself what its owner does not share', () => {
    const content = newContent(booking, saidNow(booking, discreet), discreet);
    expect(content).toMatchObject({ summary: 'Haircut – Ann', location: '', description: '' });
  });

  test('says that there is neither place nor notes', () => {
    const plain = { ...booking, fields: bare };
    const content = newContent(plain, saidNow(plain, defaultSettings), defaultSettings);
    expect(content).toMatchObject({ location: '', description: '' });
  });

  test('[F49] says what was planned, and is not all there is to say once that has changed', () => {
    const changed = { ...booking, base: fields, fields: edited };
    expect(saidByPlan(changed, discreet)).toEqual({ fields, footer: '', untold: ['location', 'notes'] });
    const told = { ...booking, base: fields, link: { ...link, footer: 'Price: 5.00 EUR' } };
    expect(saidByPlan(told, open)).toEqual({ fields, footer: 'Price: 5.00 EUR', untold: [] });
  });

  test('says what there is to say now when nothing was planned, or just that', () => {
    expect(saidByPlan(unplanned, defaultSettings)).toEqual(saidNow(unplanned, defaultSettings));
    const asPlanned = { ...booking, base: fields, link: { ...link, footer } };
    expect(saidByPlan(asPlanned, open)).toEqual(saidNow(booking, open));
  });
});

describe('a changed event', () => {
  test('[R4] is told nothing when it says so already', () => {
    expect(changedContent(booking, fields, defaultSettings)).toBeUndefined();
    expect(changedContent({ ...booking, link: { ...link, footer } }, fields, open)).toBeUndefined();
    expect(changedContent(unplanned, fields, defaultSettings)).toBeUndefined();
  });

  test('[R2] is told what differs and nothing else', () => {
    expect(changedContent({ ...booking, fields: edited }, fields, defaultSettings)).toEqual({ summary: 'Shave' });
  });

  test('is told the lines that we add when they have changed', () => {
    expect(changedContent(booking, fields, open)).toEqual({ description: `Bring card\n\n${footer}` });
    const told = { ...booking, link: { ...link, footer } };
    expect(changedContent(told, fields, defaultSettings)).toEqual({ description: 'Bring card' });
  });

  test('loses what is shared no more, once', () => {
    expect(changedContent(booking, fields, discreet)).toEqual({ location: '', description: '' });
    const notTold = { ...booking, link: { ...link, untold: ['location' as const] } };
    expect(changedContent(notTold, fields, discreet)).toEqual({ description: '' });
    expect(changedContent({ ...booking, fields: bare }, bare, discreet)).toBeUndefined();
    expect(changedContent(unplanned, fields, discreet)).toEqual({ location: '', description: '' });
  });
});

describe('[R3] before an insert', () => {
  const said: Said = { fields: edited, footer, untold: ['notes'], version: 3 };

  test('is stored which event it will be and what it is to say', () => {
    expect(planned(unplanned, pendingAt(other, now), 4, said)).toStrictEqual({
      ...unplanned,
      revision: 6,
      base: edited,
      link: {
        calendarKey: other.key,
        calendarId: other.calendarId,
        connectGeneration: 4,
        idGeneration: 1,
        eventId: eventIdFor(booking.id, 1),
        footer,
        untold: ['notes'],
      },
    });
  });

  test('the event has the id that its generation gives it, and no word of what there is not', () => {
    const again = { ...booking, link: { ...link, idGeneration: 3, footer, untold: ['notes' as const] } };
    const { observed: _observed, ...place } = link;
    const eventId = eventIdFor(booking.id, 3);
    const left = planned(again, pending, 1, { ...said, footer: '', untold: [] });
    expect(left.link).toStrictEqual({ ...place, idGeneration: 3, eventId });
  });

  test('[F49] is not forgotten what an insert before it may have said', () => {
    const sent = { fields, footer: '' };
    const { observed: _observed, ...place } = link;
    expect(planned({ ...booking, link: { ...place, sent } }, pending, 1, said).link).toMatchObject({ sent });
  });
});

describe('before a change', () => {
  const said: Said = { fields: edited, footer, untold: [], version: 3 };

  test('[R2] is stored what Google has, and what it is being told', () => {
    const left = sending(booking, said, { event, theirs: bare });
    const sent = { fields: edited, footer };
    expect(left).toStrictEqual({ ...booking, revision: 6, base: bare, link: { ...link, observed, sent } });
  });

  test('[F49] is kept, beside a deletion, what else it may have been told', () => {
    const unheard: Appointment = { ...booking, link: { ...link, observed, sent: { fields: bare, footer: '' } } };
    expect(deleting(unheard, event).link).toStrictEqual({ ...unheard.link, deleting: true });
    const sent = { fields: edited, footer, earlier: [{ fields: bare, footer: '' }] };
    const left = sending(deleting(unheard, event), said, { event, theirs: bare });
    expect(left.link).toStrictEqual({ ...link, observed, deleting: true, sent });
  });

  test('of a newer version is forgotten what was sent to the one before', () => {
    const unheard: Appointment = { ...booking, link: { ...link, sent: { fields: bare, footer: '' }, deleting: true } };
    const left = sending(unheard, said, { event, theirs: bare });
    expect(left.link).toStrictEqual({ ...link, observed, sent: { fields: edited, footer } });
  });

  test('there must be an event', () => {
    expect(() => sending(unplanned, said, { event, theirs: fields })).toThrow('had not been planned');
  });
});

describe('what Google has taken', () => {
  const sent = { fields, footer: '' };
  const on: Appointment = { ...booking, base: bare, link: { ...link, footer: 'Old', untold: ['notes'], sent } };

  test('[R4] is at rest, and remembers what it was told besides', () => {
    const told: EventLink = { ...link, footer, untold: ['location'], observed };
    const left = written(on, { fields, footer, untold: ['location'], version: 3 }, event);
    expect(left).toStrictEqual(agreed({ ...kept(on), link: told }));
    expect(written(on, saidNow(on, defaultSettings), event).link).toStrictEqual({ ...link, observed });
  });

  test('[R2] is pushed again when it has been changed since', () => {
    const { version: _version, ...said } = saidNow(on, defaultSettings);
    const again = { ...kept(on), base: fields, link: { ...link, observed } };
    expect(written(on, said, event)).toStrictEqual(again);
    expect(written({ ...on, version: 4 }, { ...said, version: 3 }, event)).toStrictEqual({ ...again, version: 4 });
  });

  test('[R2] is still to move to where it was to go', () => {
    const toMove = { ...on, sync: pendingAt(other, now) };
    const left = written(toMove, saidNow(toMove, defaultSettings), event);
    expect(left).toMatchObject({ sync: pendingAt(other, now), base: fields });
  });

  test('is at rest where it was not on its way', () => {
    const quarantined: Appointment = { ...on, sync: { state: 'quarantined', reason: 'rejected' } };
    const left = written(quarantined, saidNow(quarantined, defaultSettings), event);
    expect(left.sync).toEqual({ state: 'synced' });
  });

  test('had been planned', () => {
    expect(() => written(unplanned, saidNow(unplanned, open), event)).toThrow('had not been planned');
  });
});

describe('an event that has moved', () => {
  test('[R3] is the same event in another calendar', () => {
    const { key, calendarId } = other;
    const there = { ...link, calendarKey: key, calendarId, observed };
    expect(relinked(booking, other, event)).toStrictEqual({ ...booking, link: there });
  });

  test('has not been deleted', () => {
    const doubtful: Appointment = { ...booking, link: { ...link, deleting: true } };
    expect(relinked(doubtful, other, event).link).not.toHaveProperty('deleting');
  });

  test('had been planned', () => {
    expect(() => relinked(unplanned, other, event)).toThrow('had not been planned');
  });
});

describe('what is parked', () => {
  test.each([
    [0, 1],
    [1, 2],
    [4, 16],
    [5, 24],
    [50, 24],
  ])('[R11] after %i attempts waits for %i hours', (attempts, hours) => {
    const left = parked(booking, { ...pending, attempts }, 'rejected', now);
    const waits = { attempts: attempts + 1, notBefore: plusMs(now, hours * hour), reason: 'rejected' };
    expect(left).toStrictEqual({ ...kept(booking), sync: { ...pending, ...waits } });
  });
});

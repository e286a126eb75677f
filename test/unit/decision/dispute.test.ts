/** In a dispute: which of what Google shows is its own word, and which is ours, told for a decision that was taken back. */
import { describe, expect, test } from 'vitest';
import {
  disputeOver,
  type InDispute,
  isInDispute,
  ownWordOf,
  toldMeanwhile,
} from '../../../shared/decision/dispute.ts';
import { momentsOf } from '../../../shared/decision/moments.ts';
import { besideBase, type Live, type NotThere } from '../../../shared/decision/sides.ts';
import type { Appointment, EventLink, OwnedFields, SideState } from '../../../shared/domain/appointment.ts';
import { asId } from '../../../shared/domain/ids.ts';
import { defaultSettings } from '../../../shared/domain/settings.ts';
import { aBookedEvent, aBooking, aContext } from '../../support/samples.ts';

const base: OwnedFields = { ...aBooking().fields, title: 'Cut' };
const at = (hour: number, more: Partial<OwnedFields> = {}): OwnedFields => ({
  ...base,
  start: `2026-03-03T${hour}:00:00-05:00`,
  end: `2026-03-03T${hour + 1}:00:00-05:00`,
  ...more,
});

type Known = { theirs: SideState; has?: SideState; link?: Partial<EventLink> };
const inDispute = ({ theirs, has = theirs, link }: Known, more: Partial<Appointment> = {}): InDispute => {
  const booking = aBooking({
    base,
    fields: at(11),
    ...momentsOf(at(11)),
    sync: disputeOver(asId('conflict-1'), theirs, has),
    ...more,
  });
  const known = { ...booking, link: { ...booking.link, ...link } as EventLink };
  return isInDispute(known) ? known : expect.fail('It is in no dispute');
};

const context = aContext();
const shown = (appointment: Appointment, fields: OwnedFields): Live =>
  besideBase(
    appointment,
    { event: aBookedEvent(), translated: { kind: 'fields', fields, ...momentsOf(fields) } },
    context,
  );
const wordOf = (appointment: InDispute, has: OwnedFields | NotThere, settings = {}) =>
  ownWordOf(appointment, 'side' in has ? has : shown(appointment, has), aContext({ settings }));

const sent = (fields: OwnedFields): Partial<EventLink> => ({ sent: { fields, footer: '' } });
const deleted: NotThere = { side: 'gone' };
const free: NotThere = { side: 'gone', event: aBookedEvent() };

describe('an event that says', () => {
  test.each<[string, Known, OwnedFields, { own: OwnedFields; isNews: boolean; isTold?: true; base?: OwnedFields }]>([
    ['what the item says', { theirs: at(12) }, at(12), { own: at(12), isNews: false }],
    ['what it was told', { theirs: at(12), has: at(11) }, at(11), { own: at(12), isNews: false, isTold: true }],
    [
      'what it is being told',
      { theirs: at(12), link: sent(at(11)) },
      at(11),
      { own: at(12), isNews: false, isTold: true },
    ],
    ['something new, told nothing', { theirs: at(12) }, at(13), { own: at(13), isNews: true }],
    [
      'something new beside what it was told',
      { theirs: at(12), has: at(11) },
      at(11, { title: 'Shave' }),
      { own: at(12, { title: 'Shave' }), isNews: true, isTold: true },
    ],
    [
      'something new over what it was told: a change of that',
      { theirs: at(12), has: at(11) },
      at(13),
      { own: at(13), isNews: true, base: at(11) },
    ],
    [
      'what the item says again, over what it was told',
      { theirs: at(12), has: at(11) },
      at(12),
      { own: at(12), isNews: true, base: at(11) },
    ],
    [
      'something new beside what it has in common with what it is being told: no part of what was agreed on',
      { theirs: at(12), link: sent(at(12, { notes: 'Back door' })) },
      at(12, { title: 'Shave' }),
      { own: at(12, { title: 'Shave' }), isNews: true },
    ],
  ])('%s', (_, known, has, { own, isNews, isTold, base: agreed = base }) => {
    const word = wordOf(inDispute(known), has);
    expect(word).toMatchObject({ isNews, theirs: { translated: { fields: own, ...momentsOf(own) }, base: agreed } });
    expect(word.theirs.told).toEqual(isTold && has);
  });

  test.each<[string, Known, OwnedFields, boolean]>([
    ['what it was made anew with', { theirs: 'gone', has: at(11) }, at(11), false],
    [
      'what it is being made anew with',
      { theirs: 'gone', link: { observed: undefined as never, ...sent(at(11)) } },
      at(11),
      false,
    ],
    ['what an update of one made anew says', { theirs: 'gone', has: at(11), link: sent(at(12)) }, at(12), false],
    ['something else', { theirs: 'gone', has: at(11) }, at(13), true],
    ['what a deleted one was being told, and is there again', { theirs: 'gone', link: sent(at(11)) }, at(11), true],
  ])('%s, after a deletion', (_, known, has, isNews) => {
    const word = wordOf(inDispute(known), has);
    expect(word).toMatchObject({ isNews, theirs: isNews ? { translated: { fields: has } } : { told: has } });
  });

  test('something else than what it was made anew with: a change of that', () => {
    expect(wordOf(inDispute({ theirs: 'gone', has: at(11) }), at(13)).theirs).toMatchObject({ base: at(11) });
  });

  test('something new after our deletion: there is nothing that it could be a change of', () => {
    const { theirs, isNews } = wordOf(inDispute({ theirs: at(12), has: 'gone' }, { status: 'cancelled' }), at(13));
    expect(isNews).toBe(true);
    expect(theirs).not.toHaveProperty('base');
  });

  test.each<[string, Known]>([
    ['what the item says', { theirs: at(12, { notes: 'Then' }) }],
    ['what it was made anew with', { theirs: 'gone', has: at(12, { notes: 'Then' }) }],
  ])('%s, but for notes that are not shared', (_, known) => {
    const fields = at(11, { notes: 'Now' });
    const settings = { shared: { ...defaultSettings.shared, notes: false } };
    const word = wordOf(inDispute(known, { fields }), at(12, { notes: 'Now' }), settings);
    expect(word).toMatchObject({ isNews: false });
  });
});

describe('an event that is gone', () => {
  test.each<[string, Known, NotThere, boolean]>([
    ['as the item says', { theirs: 'gone' }, deleted, false],
    ['by nobody of ours', { theirs: at(12) }, deleted, true],
    ['although it was told something', { theirs: at(12), has: at(11) }, deleted, true],
    ['as we told it', { theirs: at(12), has: 'gone' }, deleted, false],
    ['as we may have told it', { theirs: at(12), link: { deleting: true } }, deleted, false],
    ['and shown as free: that is not our deletion', { theirs: at(12), link: { deleting: true } }, free, true],
    ['and shown as free, after we had deleted it', { theirs: at(12), has: 'gone' }, free, true],
  ])('%s', (_, known, gone, isNews) => {
    expect(wordOf(inDispute(known), gone)).toMatchObject({ isNews, theirs: gone });
  });
});

describe('once Google has taken what it was told', () => {
  test.each<[string, Known, SideState, SideState | undefined]>([
    ['a change', { theirs: at(12) }, at(11), at(11)],
    ['a deletion', { theirs: at(12) }, 'gone', 'gone'],
    ['what Google had said itself', { theirs: at(12), has: at(11) }, at(12), undefined],
    ['a new event', { theirs: 'gone', link: { observed: undefined as never } }, at(11), at(11)],
    ['a change of the event that a person has deleted since', { theirs: 'gone' }, at(11), undefined],
  ])('%s', (_, known, said, told) => {
    const dispute = toldMeanwhile(inDispute(known), said);
    expect(dispute).toMatchObject({ theirs: known.theirs });
    expect(dispute.told).toEqual(told);
  });
});

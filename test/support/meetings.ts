/** Three ways for an edit on either side to be there when it is first decided about both. */
import { expect, vi } from 'vitest';
import type { BothSides } from './both-sides.ts';
import type { TestSession } from './local-session.ts';

type Control = TestSession['google']['control'];
type Edit = () => Promise<unknown>;

export type Meeting = (control: Control, sides: BothSides, ours: Edit, theirs: Edit) => Promise<void>;

/** Theirs goes unnoticed until we are about to tell ours. */
const beforeThePush: Meeting = async (control, { calendar }, ours, theirs) => {
  const channel = control.channels().find(({ calendarId, stopped }) => calendarId === calendar && !stopped);
  control.orderPushFault({ kind: 'drop', channelId: channel?.id ?? '' });
  await theirs();
  await ours();
};

/** Ours is written while the listing that shows theirs is under way. */
const duringThePull: Meeting = async (control, sides, ours, theirs) => {
  hold(control, 'GET', `${eventsOf(sides)}\\?`);
  await theirs();
  await held(control, 'GET', sides);
  await ours();
};

/** Theirs overtakes our write, which is refused for it. */
const duringThePush: Meeting = async (control, sides, ours, theirs) => {
  for (const method of ['PUT', 'DELETE']) hold(control, method, eventsOf(sides));
  await ours();
  await held(control, '(PUT|DELETE)', sides);
  await theirs();
};

export const meetings: Record<string, Meeting> = {
  'before the push': beforeThePush,
  'during the pull': duringThePull,
  'during the push': duringThePush,
};

/** Long enough for an edit on the other side, which takes a few milliseconds. */
const heldMs = 400;

export const hold = (control: Control, method: string, path: string): void =>
  control.orderFault({ kind: 'delay', ms: heldMs, method, path });

/** Resolves once a call that is held has come. */
export const held = (control: Control, method: string, sides: BothSides): Promise<void> =>
  vi.waitFor(
    () => {
      const calls = control.requests({ path: eventsOf(sides) });
      const isHeld = calls.some((call) => new RegExp(method).test(call.method) && call.status === undefined);
      expect(isHeld).toBe(true);
    },
    { timeout: 10_000, interval: 5 },
  );

export const eventsOf = ({ calendar }: BothSides): string => `/calendars/${encodeURIComponent(calendar)}/events`;

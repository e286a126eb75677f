/** What a user may choose about a connection. */

/** Who wins where both sides have changed the same thing. By `merge` a person decides where software must not: on times, and on a deletion. */
export const conflictPolicies = ['merge', 'google_wins', 'bookedbarber_wins', 'latest_wins', 'manual'] as const;
export type ConflictPolicy = (typeof conflictPolicies)[number];

/** Which parts of a booking its event in Google tells. Title and times always go. */
export type Shared = Record<'service' | 'clientName' | 'clientContact' | 'price' | 'location' | 'notes', boolean>;

export type Settings = {
  conflictPolicy: ConflictPolicy;
  shared: Shared;
  /** Whether the text of events that are private in Google is stored here; otherwise they only take time. */
  readPrivateText: boolean;
};

/** How to reach a client is nobody else's business unless the user says so. */
export const defaultSettings: Settings = {
  conflictPolicy: 'merge',
  shared: { service: true, clientName: true, clientContact: false, price: false, location: true, notes: true },
  readPrivateText: false,
};

/** The parts of a booking's event that are kept from Google as a whole. */
export const unsharedIn = ({ shared }: Settings): ('location' | 'notes')[] =>
  (['location', 'notes'] as const).filter((part) => !shared[part]);

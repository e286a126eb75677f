/** The title that a booking has once other parts of it are shared. */

import type { Appointment } from '../domain/appointment.ts';
import type { Shared } from '../domain/settings.ts';
import { titleOf } from './booking-text.ts';

/** Only a title that we composed is composed again; what a person wrote stays. `were`: the parts that were shared until now. */
export const retitled = ({ fields, details }: Appointment, shared: Shared, were = shared): string => {
  const ours = [were, ...tellingMore(shared)].map((settings) => titleOf(details, settings));
  return ours.includes(fields.title) ? titleOf(details, shared) : fields.title;
};

/** Settings of any time before that tell what is not shared now: an earlier change may have been cut off half-way. */
const tellingMore = (shared: Shared): Shared[] =>
  [
    { ...shared, service: true, clientName: true },
    { ...shared, service: true, clientName: false },
    { ...shared, service: false, clientName: true },
  ].filter(({ service, clientName }) => (service && !shared.service) || (clientName && !shared.clientName));

/** How often the renewal worker goes round: its schedule (infra/renewal.ts), and whatever is reckoned in rounds. */
import { minute } from '../domain/instant.ts';

export const roundMs = 5 * minute;

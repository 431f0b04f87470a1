import type { Staff } from '@assent/protocol';
import type { Engine, IssuerRuntime } from './engine.js';

/** Whom an issuer signs in and speaks of: the bank's customers, or its staff. Never both. */
export const peopleOf = ({ stores }: Pick<Engine, 'stores'>, { config }: Pick<IssuerRuntime, 'config'>): Staff => (config.signsIn === 'staff' ? stores.staff : stores.customers);

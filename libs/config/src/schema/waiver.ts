import { attackIds } from '@assent/threat-model';
import { z } from 'zod';
import { leaf, text } from './leaf.js';

const attack = leaf('the id of an attack of the threat model, such as TM-TOK-01', (value) => attackIds.find((id) => id === value));
const day = leaf('a day such as 2027-03-31', (value) => (typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(Date.parse(value)) ? value : undefined));

export const threatWaiver = z.strictObject({
  attack: attack.describe('Its id.'),
  issuer: text.optional().describe('Name of the one issuer of this file it is waived for. Left out: all.'),
  reason: text.describe('Why it may succeed for now, for whoever reads the audit.'),
  expires: day.describe('The last day the waiver counts (UTC).'),
});

import type { Control } from './control.js';
import { clientControls } from './controls/clients.js';
import { grantControls } from './controls/grants.js';
import { messageControls } from './controls/messages.js';
import { outsideControls } from './controls/outside.js';
import { requestControls } from './controls/requests.js';
import { resourceControls } from './controls/resources.js';
import { siteControls } from './controls/sites.js';

/** Everything that stops an attack, by what it is about. */
export const controls = {
  ...requestControls,
  ...clientControls,
  ...resourceControls,
  ...messageControls,
  ...grantControls,
  ...siteControls,
  ...outsideControls,
} as const satisfies Record<string, Control>;

export type ControlId = keyof typeof controls;
export const controlIds = Object.keys(controls) as ControlId[];
export const controlOf = (id: ControlId): Control => controls[id];

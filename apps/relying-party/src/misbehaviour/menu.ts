import { othersOf, type DemoClient } from '../client/demo-client.js';
import type { OpenFlow } from '../flow/actions.js';
import { changedRequest } from './changed-request.js';
import { falseClient } from './false-client.js';
import type { Misbehaviour } from './misbehaviour.js';
import { stolenToken } from './stolen-token.js';

/** The misbehaviours, by what they are aimed at. */
export const menu: readonly { readonly title: string; readonly entries: readonly Misbehaviour[] }[] = [
  { title: 'With the access token', entries: stolenToken },
  { title: 'As the client', entries: falseClient },
  { title: 'With the request', entries: changedRequest },
];

export const misbehaviours: readonly Misbehaviour[] = menu.flatMap(({ entries }) => entries);

export const misbehaviourNamed = (name: string): Misbehaviour | undefined => misbehaviours.find((misbehaviour) => misbehaviour.name === name);

/** Whether it makes sense in this flow: it came by the browser, its client binds and authenticates that way, has access, and there is a thief to play. */
export const isPossible = (misbehaviour: Misbehaviour, flow: OpenFlow, clients: readonly DemoClient[]): boolean =>
  flow.done !== undefined && flow.ended === undefined && misbehaviour.possible(flow) && (!misbehaviour.needsOther || othersOf(flow.client, clients, misbehaviour.needsOther).length > 0);

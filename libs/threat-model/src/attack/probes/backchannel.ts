import { random } from '../jws.js';
import type { Twist } from '../party.js';
import { byBackchannel, errorOf, inconclusive, judged, mustRefuse, needing, stopped, succeeded, withThief, worst, type Outcome, type Probe } from '../probe.js';
import { CannotTry, type Asked, type Scene } from '../scene.js';
import { Silent, type Incoming } from '../wire.js';
import { differing } from './entropy.js';

/** Whatever waits is answered in the end: undecided requests would stand in the way of others. */
async function thenClear(scene: Scene, attack: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await attack();
  } finally {
    await scene.device.clear();
  }
}

const isPending = ({ json }: Incoming): boolean => json['error'] === 'authorization_pending' || json['error'] === 'slow_down';

/** A client that is notified. */
const notified = ({ victim, thief }: Scene) => [victim, thief].find(({ client }) => client.notified && client.flow === 'backchannel');

/** Requests that reach a customer’s own device. */
export const backchannelProbes: readonly Probe[] = needing(byBackchannel, [
  {
    id: 'CIBA-01/fatigue', attack: 'TM-CIBA-01', against: ['backchannel-brake'], says: 'One customer is asked again and again, in the hope of one tired yes.',
    unfit: ({ target }) => (target.device?.mostPending === undefined ? 'the target says not to try how many requests one customer gets' : undefined),
    run: (scene) =>
      thenClear(scene, async () => {
        const most = scene.target.device?.mostPending ?? 0;
        for (let sent = 0; sent < most; sent += 1) {
          const answer = await scene.ask({ requested_expiry: '120' }, {}, sent === 0 || sent === most - 1 ? `Ask the customer (${sent + 1})` : undefined);
          if (answer.status >= 500) return inconclusive(`the server failed with ${answer.status}`);
          if (answer.status >= 400) return judged(sent > 0, `refused with ${errorOf(answer)} after ${sent} undecided requests`, 'not even one was taken');
        }
        return succeeded(`${most} undecided requests wait at one customer’s device`);
      }),
  },
  {
    id: 'CIBA-01/foreign-hint', attack: 'TM-CIBA-01', against: ['backchannel-asked-for'], says: 'Another client names the customer by an ID token it stole.', unfit: withThief,
    run: async (scene) => {
      const { idToken } = await scene.tokens();
      if (idToken === undefined) throw new CannotTry('no ID token came');
      return thenClear(scene, async () => mustRefuse(await scene.ask({ login_hint: undefined, id_token_hint: idToken }, {}, 'Ask with another client’s ID token', scene.thief), 'another client’s ID token'));
    },
  },
  {
    id: 'CIBA-01/unregistered', attack: 'TM-CIBA-01', against: ['backchannel-asked-for'], says: 'A client that was never registered for it asks a customer.',
    unfit: ({ asker }) => (asker === undefined ? 'there is no client to play that is not registered for it' : undefined),
    run: (scene) => thenClear(scene, async () => mustRefuse(await scene.ask({ scope: 'openid' }, {}, 'Ask as a client that may not', scene.asker), 'a client that is not registered for it')),
  },
  {
    id: 'CIBA-02/unmarked', attack: 'TM-CIBA-02', against: ['backchannel-context'], says: 'A request says nothing that would tell it from another one.',
    run: (scene) => thenClear(scene, async () => mustRefuse(await scene.ask({ binding_message: undefined }, {}, 'Ask without a message for both screens'), 'no message')),
  },
  {
    id: 'CIBA-02/parallel', attack: 'TM-CIBA-02', against: ['backchannel-context'], says: 'While the customer has a request of the honest client, another client asks for the same, to be taken for it.', unfit: withThief,
    run: (scene) =>
      thenClear(scene, async () => {
        const honest = await scene.asked({}, 'Ask as the honest client');
        const unmarked = await scene.ask({ binding_message: undefined }, {}, 'Ask at the same time, without a message', scene.thief);
        if (unmarked.status < 400) return succeeded('a request that nothing tells from the honest one waits beside it');
        const other = await scene.asked({}, 'Ask at the same time, with a message', scene.thief);
        const page = await scene.device.showing(honest.message);
        if (page.answer.text.includes(other.message)) return succeeded('one page shows the messages of both');
        await scene.device.approve(honest.message, 'Agree to the honest one');
        return notMixed(scene, other, honest);
      }),
  },
  {
    id: 'CIBA-02/same-message', attack: 'TM-CIBA-02', against: ['decided-alone'], says: 'Another client has seen the message on the honest one’s screen and puts the same into a request of its own.', unfit: withThief,
    run: (scene) =>
      thenClear(scene, async () => {
        const honest = await scene.asked({}, 'Ask as the honest client');
        const { device } = scene;
        const page = await device.showing(honest.message);
        const other = await scene.asked({ binding_message: honest.message }, 'Ask with the same message', scene.thief);
        await device.yes(page, 'Agree to the honest one');
        return notMixed(scene, other, honest);
      }),
  },
  {
    id: 'CIBA-03/foreign', attack: 'TM-CIBA-03', against: ['backchannel-of-its-client'], says: 'A stolen auth_req_id is used by another client, before and after the customer’s yes.', unfit: withThief,
    run: async (scene) => {
      const asked = await scene.asked();
      const early = await scene.poll(asked, {}, 'Poll as another client', scene.thief);
      await scene.device.approve(asked.message);
      const late = await scene.poll(asked, {}, 'Fetch the tokens as another client', scene.thief);
      const own = await scene.poll(asked, {}, 'Fetch them as the client that asked');
      return worst([judged(!isPending(early), `before: refused with ${errorOf(early)}`, 'before: another client learns that it waits'), mustRefuse(late, 'after'), judged(own.status === 200, 'its own client still gets the tokens', `its own client gets none any more: ${errorOf(own)}`)]);
    },
  },
  {
    id: 'CIBA-03/nobody', attack: 'TM-CIBA-03', against: ['client-authentication'], says: 'A stolen auth_req_id is used by somebody without any key of its client.',
    run: async (scene) => {
      const asked = await approved(scene);
      return mustRefuse(await scene.poll(asked, { anonymous: true }, 'Fetch the tokens unauthenticated'), 'no authentication');
    },
  },
  {
    id: 'CIBA-03/twice', attack: 'TM-CIBA-03', against: ['backchannel-of-its-client'], says: 'An auth_req_id whose tokens were fetched is used again.',
    run: async (scene) => {
      const asked = await approved(scene);
      const first = await scene.poll(asked, {}, 'Fetch the tokens');
      if (first.status !== 200) throw new CannotTry(`a good poll was refused: ${errorOf(first)}`);
      return mustRefuse(await scene.poll(asked, {}, 'Fetch them again'), 'the second time');
    },
  },
  {
    id: 'CIBA-03/guessed', attack: 'TM-CIBA-03', against: ['handle-entropy'], says: 'Some auth_req_ids are compared: what differs between them must be more than anybody can guess.',
    run: (scene) =>
      thenClear(scene, async () => {
        const made: Asked[] = [];
        for (let i = 0; i < 4; i += 1) made.push(await scene.asked());
        return differing(scene, made.map(({ id }) => id), 'auth_req_id');
      }),
  },
  {
    id: 'CIBA-04/push', attack: 'TM-CIBA-04', against: ['no-push-mode'], says: 'The issuer is asked whether it would push tokens to an address.',
    run: async ({ metadata, wire, target }) => {
      await wire.send({ method: 'GET', url: `${target.issuer}/.well-known/openid-configuration`, headers: [['accept', 'application/json']] }, 'Fetch the metadata');
      const modes = [metadata['backchannel_token_delivery_modes_supported'] ?? []].flat().map(String);
      return judged(!modes.includes('push'), `delivery: ${modes.join(', ')}`, 'tokens are pushed to an address');
    },
  },
  {
    id: 'CIBA-04/guessable', attack: 'TM-CIBA-04', against: ['no-push-mode'], says: 'Notifications are asked for that anybody could forge: with a short token, and with none.',
    unfit: (scene) => (notified(scene) ? undefined : 'neither client is notified'),
    run: (scene) =>
      thenClear(scene, async () => {
        const outcomes: Outcome[] = [];
        for (const token of [random(4), undefined]) outcomes.push(mustRefuse(await scene.ask({ client_notification_token: token }, {}, token === undefined ? 'Ask without a token' : 'Ask with a short token', notified(scene)), token === undefined ? 'no token' : 'a short token'));
        return worst(outcomes);
      }),
  },
]); // prettier-ignore

async function approved(scene: Scene): Promise<Asked> {
  const asked = await scene.asked();
  await scene.device.approve(asked.message);
  return asked;
}

/** A long poll that is not answered waits. */
const patience = 2500;

/** Of two requests at once, one was agreed to. */
async function notMixed(scene: Scene, other: Asked, agreed: Asked): Promise<Outcome> {
  const patient: Twist = { last: (message) => ({ ...message, patience }) };
  const polled = await scene.poll(other, patient, 'Fetch the tokens of the other', scene.thief).catch((error: unknown) => {
    if (error instanceof Silent) return undefined;
    throw error;
  });
  if (polled && polled.status < 400) return succeeded('the yes to one request gave tokens to the other');
  const fetched = await scene.poll(agreed, {}, 'Fetch the tokens of the honest one');
  if (fetched.status !== 200) return inconclusive(`the request that was agreed to brought no tokens: ${errorOf(fetched)}`);
  return stopped(!polled || isPending(polled) ? 'the yes counts for one request; the other one still waits' : `the yes counts for one request; the other one: ${errorOf(polled)}`);
}

import { random, type Members } from '../jws.js';
import type { Party } from '../party.js';
import { inconclusive, judged, mustRefuse, needing, worst, type Probe } from '../probe.js';
import { CannotTry, type Scene } from '../scene.js';
import type { Incoming } from '../wire.js';

/** A payment of its own: `{reference}` in the target’s description stands for what tells it from all others. */
interface Paying {
  readonly reference: string;
  readonly details: string;
  readonly body: string;
}

function newPayment({ target: { payment } }: Scene): Paying {
  if (!payment) throw new CannotTry('the target names no payment');
  const reference = `R${random(6).replaceAll(/[^A-Za-z0-9]/g, '7')}`;
  const filled = (members: Members | readonly Members[]): string => JSON.stringify(members).replaceAll('{reference}', reference);
  return { reference, details: filled(payment.details), body: filled(payment.body) };
}

/** The customer agrees to the payment; resolves with what fetches the tokens for it. */
async function agreedTo(scene: Scene, { reference, details }: Paying): Promise<() => Promise<Incoming>> {
  if (scene.victim.client.flow === 'backchannel') {
    const asked = await scene.asked({ scope: 'openid', binding_message: undefined, authorization_details: details });
    await scene.device.approve(reference, 'Agree to the payment');
    return () => scene.poll(asked, {}, 'Fetch the tokens for it');
  }
  const authorized = await scene.authorized({ scope: undefined, nonce: undefined, authorization_details: details });
  return () => scene.redeem(authorized, {}, 'Exchange the code for its tokens');
}

const tokenOf = ({ json, status }: Incoming): string => {
  if (typeof json['access_token'] !== 'string') throw new CannotTry(`no tokens came for the payment: ${status} ${JSON.stringify(json)}`);
  return json['access_token'];
};

const pay = (scene: Scene, by: Party, accessToken: string, { body }: Paying, step: string): Promise<Incoming> =>
  by.call(scene.target.payment?.url ?? '', accessToken, { method: 'POST', body, headers: [['idempotency-key', random(16)]] }, step);

/** What the accounts look like now, less the time of looking. */
async function look(scene: Scene, step?: string): Promise<string> {
  const { text, status } = await scene.victim.call(scene.target.payment?.seenAt ?? '', (await scene.tokens()).accessToken, {}, step);
  if (status !== 200) throw new CannotTry(`the place where payments are seen is not open: ${status}`);
  return text.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)/g, '');
}

/** Nothing is executed but by a call with a token for it, and that once. */
export const paymentProbes: readonly Probe[] = needing(({ target }) => (target.payment === undefined ? 'the target names no payment to be made' : undefined), [
  {
    id: 'SF-01/by-the-yes', attack: 'TM-SF-01', against: ['acted-on-with-token'], says: 'The customer is led to a yes, in the hope that something happens by it, before any token is used.',
    run: async (scene) => {
      const before = await look(scene, 'Look at the accounts');
      const payment = newPayment(scene);
      const fetch = await agreedTo(scene, payment);
      const agreed = await look(scene, 'Look again after the yes');
      const accessToken = tokenOf(await fetch());
      const fetched = await look(scene, 'Look again once there are tokens');
      const paid = await pay(scene, scene.victim, accessToken, payment, 'Make the payment');
      if (paid.status >= 300 || (await look(scene, 'Look again after it was made')) === before) return inconclusive(`the payment cannot be seen: ${paid.status}`);
      return judged(agreed === before && fetched === before, 'nothing changed by the yes, nor by fetching tokens', 'the accounts changed before the payment was made');
    },
  },
  {
    id: 'SF-01/twice', attack: 'TM-SF-01', against: ['acted-on-with-token'], says: 'What was agreed to once is made a second time, and several times at the same moment.',
    run: async (scene) => {
      const payment = newPayment(scene);
      const accessToken = tokenOf(await (await agreedTo(scene, payment))());
      const answers = await Promise.all([1, 2, 3, 4].map((turn) => pay(scene, scene.victim, accessToken, payment, `Make the payment (${turn} of 4 at once)`)));
      const made = answers.filter(({ status }) => status < 300).length;
      if (made === 0) throw new CannotTry(`the payment was refused: ${answers.map(({ status }) => status).join(', ')}`);
      return worst([judged(made === 1, 'one of four was made', `${made} of four were made`), mustRefuse(await pay(scene, scene.victim, accessToken, payment, 'Make it again'), 'again')]);
    },
  },
  {
    id: 'SF-01/unapproved', attack: 'TM-SF-01', against: ['acted-on-with-token'], says: 'A payment is made with a token nobody gave for it.',
    run: async (scene) => {
      const { accessToken } = await scene.tokens();
      return mustRefuse(await pay(scene, scene.victim, accessToken, newPayment(scene), 'Make a payment nobody agreed to'), 'a payment nobody agreed to');
    },
  },
]); // prettier-ignore

import { customers, readForm, type Answer, type Visitor } from '@assent/testing/fapi';
import { setTimeout as sleep } from 'node:timers/promises';
import { staff, type Sites } from './sites.js';

/* How grants end elsewhere than at their client: at the customer's dashboard, and at the bank's console. */

async function signIn(who: Visitor, site: string, person: { readonly login: string; readonly password: string }): Promise<void> {
  const sent = await who.open(`${site}/sign-in`);
  const back = await who.open(await who.approve(new URL(sent.headers.get('location') ?? '', site), person));
  await who.follow(back, new URL(site));
}

/** The customer stops it on their own dashboard. */
export async function stopAsCustomer({ stack, dashboard }: Sites, grantId: string): Promise<Answer> {
  const who = stack.visitor();
  await signIn(who, dashboard, customers.ana);
  const page = `${dashboard}/apps/${grantId}/stop`;
  return done(await who.submit(readForm(await who.open(page), new URL(page), 'stop-yes')));
}

/** A member of staff ends it, on a ticket and with a reason. */
export async function stopAsStaff({ stack, console }: Sites, grantId: string): Promise<Answer> {
  const who = stack.visitor();
  await signIn(who, console, staff.noor);
  const ticket = readForm(await who.open(`${console}/ticket`), new URL(`${console}/ticket`), 'ticket-start');
  ticket.fields.set('ticket', 'CS-20418');
  await who.submit(ticket);
  const page = `${console}/grants/${grantId}/revoke`;
  const form = readForm(await who.open(page), new URL(page), 'preview');
  form.fields.set('reason', 'fraud');
  form.fields.set('note', 'Caller did not know the app.');
  const preview = await who.submit(form);
  return done(await who.submit(readForm(preview, form.action, 'confirm')));
}

function done(answer: Answer): Answer {
  if (answer.status !== 303) throw new Error(`it was not stopped: ${answer.status} ${answer.text.slice(0, 300)}`);
  return answer;
}

/** How long a call goes on being answered as before: at most a second. */
export async function withinASecond(call: () => Promise<Answer>, status: number): Promise<Answer> {
  const since = performance.now();
  for (;;) {
    const answer = await call();
    if (answer.status === status) return answer;
    if (performance.now() - since > 1000) throw new Error(`still ${answer.status} a second later`);
    await sleep(20);
  }
}

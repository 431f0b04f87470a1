import type { KillTable } from './kills.js';
import { attackerIds, attackers, removedAttackers } from './model/attackers.js';
import { alternatives, attackIds, attackOf, attacksAgainst } from './model/attacks.js';
import { controlIds, controlOf } from './model/controls.js';
import { goalIds, goals } from './model/goals.js';

const begin = '<!-- model: made by `npm run threats -- document`; change libs/threat-model/src/model instead -->';
const end = '<!-- end of model -->';

/** The document with its generated part made anew; what people wrote around it stays. Throws when the marks are gone. */
export function withModel(document: string, kills: KillTable): string {
  const [before, rest] = document.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error('docs/threat-model.md has lost the marks around its generated part');
  return `${before}${begin}\n\n${generated(kills)}\n\n${end}${after}`;
}

const generated = (kills: KillTable): string =>
  [
    '## Attackers',
    table(['', 'who', 'can', 'cannot', 'older names'], attackerIds.map((id) => [id, `${attackers[id].title}${attackers[id].status === 'informative' ? ' (informative)' : ''}`, attackers[id].can, attackers[id].cannot, attackers[id].aliases.join(', ')])),
    Object.entries(removedAttackers).map(([id, why]) => `${id} is not in the final model. ${why}`).join(' '), // prettier-ignore
    '## Goals',
    table(['', 'what must hold'], goalIds.map((id) => [id, goals[id]])),
    '## Attacks',
    'All controls named for an attack are needed; of those joined by *or*, each is enough.',
    table(['', 'what happens', 'attackers', 'goals', 'stopped by', 'clause'], attackIds.map(attackRow)),
    '## Residuals',
    'What the specifications themselves leave open. The audit calls these `partial`, never `enforced`.',
    table(['', 'what stays'], attackIds.filter((id) => attackOf(id).residual !== undefined).map((id) => [id, attackOf(id).residual ?? ''])),
    '## Controls',
    '*Rules* are the ids a refusal carries in log, audit and figures; *policy* are the values of a profile that decide; *files* are where it lives when no refusal speaks for it.',
    table(['', 'what it does', 'where', 'stops', 'clause'], controlIds.filter((id) => controlOf(id).outside === undefined).map(controlRow)),
    '## Outside this code',
    table(['', 'what it does', 'why it is not here', 'rested on by'], controlIds.filter((id) => controlOf(id).outside !== undefined).map((id) => [`\`${id}\``, controlOf(id).says, controlOf(id).outside ?? '', attacksAgainst(id).join(', ')])),
    '## Proof that the suite can fail',
    `Each row is a run of the whole attack suite on an issuer with some controls taken out: the attacks that then succeed are exactly those that rest on them. With nothing taken out, none does. Where several controls do the same work, all of them are taken out together. ${kills.fields.map(({ name, says }) => `\`${name}\` is ${says}`).join('; ')}.`,
    table(['at', 'without', 'these attacks succeed'], kills.kills.map(({ at, without, absent, succeeded }) => [`\`${at}\``, without.length === 0 ? 'nothing taken out' : [...without.map((id) => `\`${id}\``), ...absent.map((id) => `\`${id}\` (not there)`)].join(' + '), succeeded.join(', ') || 'none'])),
    ...untaken(kills),
  ].join('\n\n'); // prettier-ignore

/** Controls that stand in no set that something gets through: there should be none. */
function untaken({ kills }: KillTable): readonly string[] {
  const left = controlIds.filter((id) => controlOf(id).outside === undefined && !kills.some(({ without, absent, succeeded }) => succeeded.length > 0 && (without.includes(id) || absent.includes(id))));
  if (left.length === 0) return ['Every control stands in at least one set that an attack gets through.'];
  return ['These controls are not taken out in that run. They are seen at work elsewhere.', table(['', 'where'], left.map((id) => [`\`${id}\``, seenIn(id)]))];
}

function seenIn(id: (typeof controlIds)[number]): string {
  const { tests = [], rules = {} } = controlOf(id);
  return [...tests.map((file) => `\`${file}\``), ...(Object.keys(rules).length > 0 ? [`tests that name ${Object.keys(rules).slice(0, 4).join(', ')}`] : [])].join('; ');
}

function attackRow(id: (typeof attackIds)[number]): string[] {
  const { title, attackers: by, goals: hit, stoppedBy, assumes = [], clause } = attackOf(id);
  const stops = stoppedBy.map((stop) => alternatives(stop).map((control) => `\`${control}\``).join(' or ')); // prettier-ignore
  const others = assumes.length > 0 ? [`rests also on ${assumes.map((control) => `\`${control}\``).join(', ')}`] : [];
  return [id, title, by.join(', '), hit.join(', '), [...stops, ...others].join('; '), clause];
}

function controlRow(id: (typeof controlIds)[number]): string[] {
  const { says, rules = {}, policy = [], files = [], clause } = controlOf(id);
  const named = Object.keys(rules);
  const where = [...(named.length > 0 ? [`rules ${named.join(', ')}`] : []), ...(policy.length > 0 ? [`policy ${policy.map((key) => `\`${key}\``).join(', ')}`] : []), ...files.map((file) => `\`${file}\``)];
  return [`\`${id}\``, says, where.join('; '), attacksAgainst(id).join(', '), clause];
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string => [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map((field) => field.replaceAll('|', '\\|')).join(' | ')} |`).join('\n');
